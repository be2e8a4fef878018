import type { CallStatus, TerminalStatus } from '../event.ts';

/** When calls without an end are looked after. */
export interface ReconcileOptions {
  /**
   * How long a call with this status may be silent, in milliseconds, until the provider is asked about it and `onStuck` is called.
   * @default { queued: 600_000, initiated: 180_000, ringing: 180_000, 'in-progress': 7_200_000, unknown: 7_200_000 }
   */
  readonly afterMs?: { readonly [Status in Exclude<CallStatus, TerminalStatus>]?: number | undefined } | undefined;
  /**
   * How often to look for silent calls, in milliseconds.
   * @default 60_000
   */
  readonly everyMs?: number | undefined;
  /**
   * How long after the last sign of life of a call the provider is asked about it, in milliseconds. Then `onMissing` is called with
   * `not_ended`.
   * @default 86_400_000 (24 hours)
   */
  readonly giveUpAfterMs?: number | undefined;
}

/** A status that does not end a call. */
export type LiveStatus = Exclude<CallStatus, TerminalStatus>;

/** The same with the defaults filled in. */
export interface ReconcileRules {
  readonly afterMs: Readonly<Record<LiveStatus, number>>;
  readonly everyMs: number;
  readonly giveUpAfterMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Fills in the defaults. */
export function reconcileRules(options: ReconcileOptions = {}): ReconcileRules {
  const { afterMs: given = {}, everyMs = MINUTE_MS, giveUpAfterMs = 24 * HOUR_MS } = options;
  const afterMs = {
    queued: given.queued ?? 10 * MINUTE_MS,
    initiated: given.initiated ?? 3 * MINUTE_MS,
    ringing: given.ringing ?? 3 * MINUTE_MS,
    'in-progress': given['in-progress'] ?? 2 * HOUR_MS,
    unknown: given.unknown ?? 2 * HOUR_MS,
  };
  return { afterMs, everyMs, giveUpAfterMs };
}
