import { type CallStatus, isTerminal } from '../../event.ts';
import type { Watch, WatchedState, WatchProgress, WatchState } from '../watches.ts';
import { isoOf } from './stored.ts';

/** A call that was not checked yet. */
export const NO_PROGRESS: WatchProgress = { asked: 0, told: [], failures: 0 };

/** What a store keeps of the progress of a watched call in columns of their own, so that it can be found. */
export interface WatchMarks {
  /** Whether a notice was delivered or has failed. */
  readonly told: boolean;
  /** Whether that notice is `stuck` or `not_ended`. */
  readonly stuck: boolean;
  /** Whether a notice could not be delivered. */
  readonly failed: boolean;
}

/**
 * The marks of a watched call.
 * @example watchMarks({ asked: 3, told: ['stuck'], failures: 0 }) // { told: true, stuck: true, failed: false }
 */
export function watchMarks({ told, failed }: WatchProgress): WatchMarks {
  const reasons = failed === undefined ? told : [...told, failed.reason];
  const isStuck = reasons.some((reason) => reason !== 'never_reported');
  return { told: reasons.length > 0, stuck: isStuck, failed: failed !== undefined };
}

/** What decides about the states of a watched call. */
export type WatchFacts = Pick<Watch, 'expected' | 'progress'> & { readonly call?: Pick<WatchedState, 'terminal'> };

/**
 * Whether a watched call is in a state. See {@link WatchQuery}.
 * @example isInState({ expected: {}, progress: { asked: 0, told: [], failures: 0 } }, 'expected') // true
 */
export function isInState({ expected, call, progress }: WatchFacts, state: WatchState): boolean {
  const { told, stuck, failed } = watchMarks(progress);
  switch (state) {
    case 'expected':
      return expected !== undefined && call === undefined;
    case 'missing':
      return expected !== undefined && call === undefined && told;
    case 'stuck':
      return call?.terminal === false && stuck;
    case 'failed':
      return failed;
  }
}

/** A watched call as a store has it, with the state of its call. Times are milliseconds since 1970. */
export interface StoredWatch {
  /** The number of the watch, which no other watch ever had. */
  readonly id: number;
  /** How often it was changed. */
  readonly changes: number;
  readonly provider: string;
  /** `''` without one. */
  readonly tenant: string;
  readonly call_id: string;
  readonly since: number;
  readonly due_at: number;
  /** JSON. */
  readonly expected: string | null;
  /** JSON. */
  readonly progress: string;
  /** Of the call, as the next one; `null` if it has no event. */
  readonly status: CallStatus | null;
  readonly last_event_at: number | null;
}

const HUNDRED_YEARS_MS = 36_525 * 86_400_000;

/**
 * The time until a check, as inboxes store it: whole milliseconds, at most a hundred years. One that is not a number counts as zero.
 *
 * @param ms milliseconds
 * @example checkSpan(0.5) // 1
 */
export function checkSpan(ms: number): number {
  return ms > 0 ? Math.min(Math.ceil(ms), HUNDRED_YEARS_MS) : 0;
}

/** More changes of one watch than this would need decades; a revision stays a safe integer for 2 ** 33 watches. */
const MOST_CHANGES = 2 ** 20;

/**
 * Builds a watched call from its row.
 *
 * @example
 * ```ts
 * import { type StoredWatch, watchOf, watchPlace } from '@call-status/core/inbox';
 *
 * export function isUnchanged(before: StoredWatch, after: StoredWatch): boolean {
 *   const { id, changes } = watchPlace(watchOf(before).revision);
 *   return id === after.id && changes === after.changes;
 * }
 * ```
 */
export function watchOf(row: StoredWatch): Watch {
  const { status, last_event_at: lastEventAt } = row;
  const call = status !== null && {
    call: { status, terminal: isTerminal(status), lastEventAt: isoOf(lastEventAt as number) },
  };
  return {
    provider: row.provider,
    ...(row.tenant !== '' && { tenant: row.tenant }),
    callId: row.call_id,
    revision: row.id * MOST_CHANGES + row.changes,
    since: isoOf(row.since),
    dueAt: isoOf(row.due_at),
    ...(row.expected !== null && { expected: JSON.parse(row.expected) }),
    ...call,
    progress: JSON.parse(row.progress),
  };
}

/**
 * The row of a watched call, by its revision.
 * @example watchPlace(3 * 2 ** 20 + 1) // { id: 3, changes: 1 }
 */
export function watchPlace(revision: number): Pick<StoredWatch, 'id' | 'changes'> {
  return { id: Math.floor(revision / MOST_CHANGES), changes: revision % MOST_CHANGES };
}
