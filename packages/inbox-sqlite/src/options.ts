import { resolve } from 'node:path';
import { type Clock, checkOptions, type OptionRule, type OptionRules } from '@call-status/core';

const DAY_MS = 86_400_000;

/** The options of {@link sqliteInbox}. */
export interface SqliteInboxOptions {
  /** The database file; it is made when it does not exist. On a local disk: SQLite's WAL does not work on network file systems. */
  readonly path: string;
  /**
   * For how long an ended call and its events stay after its last event, in milliseconds.
   * The ids of its events stay known for at least seven days, so that a late redelivery is still a duplicate.
   * `Infinity`: for ever.
   * @default 30 days
   */
  readonly retainFor?: number;
  /**
   * For how long to wait when another program locks the file, in milliseconds; then `inbox_locked`.
   * @default 5000
   */
  readonly busyTimeoutMs?: number;
  /**
   * How often to look for work that another process recorded, in milliseconds.
   * @default 250
   */
  readonly pollMs?: number;
  /**
   * How often to look for calls older than `retainFor`, in milliseconds.
   * @default 60000
   */
  readonly sweepMs?: number;
  /**
   * Whether what arrives together is committed together. Without, every event waits for its own write to the disk.
   * @default true
   */
  readonly groupCommit?: boolean;
  /** @default Date.now */
  readonly clock?: Clock;
}

/**
 * The longest of the times below: Node's timers and SQLite's `busy_timeout` take a longer one for none at all.
 */
const LONGEST_MS = 2_000_000_000;

const OPTIONS: OptionRules<SqliteInboxOptions> = {
  path: {
    expected: 'the name of a file',
    fits: (value) => typeof value === 'string' && value !== '',
    isRequired: true,
  },
  retainFor: { expected: 'milliseconds, more than 0', fits: (value) => typeof value === 'number' && value > 0 },
  busyTimeoutMs: milliseconds(0),
  pollMs: milliseconds(1),
  sweepMs: milliseconds(1),
  groupCommit: { expected: 'true or false', fits: (value) => typeof value === 'boolean' },
  clock: { expected: 'a function such as Date.now', fits: (value) => typeof value === 'function' },
};

function milliseconds(least: number): OptionRule {
  return {
    expected: `milliseconds, ${least} to ${LONGEST_MS}`,
    fits: (value) => typeof value === 'number' && value >= least && value <= LONGEST_MS,
  };
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws CallStatusError `invalid_options`
 */
export function resolveOptions(options: SqliteInboxOptions): Required<SqliteInboxOptions> {
  checkOptions('options', options, OPTIONS);
  const { path, clock } = options;
  return {
    // A relative one would be another file once the process is in another folder.
    path: path === ':memory:' ? path : resolve(path),
    retainFor: options.retainFor ?? 30 * DAY_MS,
    busyTimeoutMs: options.busyTimeoutMs ?? 5000,
    pollMs: options.pollMs ?? 250,
    sweepMs: options.sweepMs ?? 60_000,
    groupCommit: options.groupCommit ?? true,
    // The tables take whole milliseconds alone.
    clock: clock === undefined ? Date.now : () => Math.trunc(clock()),
  };
}
