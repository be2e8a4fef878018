import { isAbsolute, resolve } from 'node:path';
import { type Clock, checkOptions, type OptionRule, type OptionRules } from '@call-status/core';
import { type Times, timesBy } from './database/clock.ts';

/** The options of {@link sqliteInbox}. */
export interface SqliteInboxOptions {
  /**
   * The database file. In a service an absolute path on a volume that outlives a deploy, on a local disk: SQLite's WAL does not work on
   * network file systems.
   */
  readonly path: string;
  /**
   * Whether a file that does not exist may be made at the first use. A service needs no `true`: its receiver makes the file. A script that
   * only reads leaves it out, so that a wrong path is an error (`inbox_missing`).
   * @default false
   */
  readonly create?: boolean;
  /**
   * How long an ended call and its events stay after its last event, in milliseconds; a live call stays seven times as long.
   * The ids of removed events stay known until seven days after that last event, so that a late redelivery is still a duplicate.
   * `Infinity`: for ever. The file keeps this setting: the service that is given one stores it, and without one the file's own holds.
   * @default what the file has; 30 days for a new one
   */
  readonly retentionMs?: number;
  /**
   * How long to wait when another program locks the file, in milliseconds; then `inbox_locked`. Shorter than the five seconds after which
   * SignalWire hangs up.
   * @default 3000
   */
  readonly busyTimeoutMs?: number;
  /**
   * How often to look for work that another process recorded, in milliseconds.
   * @default 250
   */
  readonly pollMs?: number;
  /**
   * How often to look for calls older than `retentionMs`, in milliseconds. Only where a worker runs, and in one of all processes at a time.
   * @default 60000
   */
  readonly sweepMs?: number;
  /**
   * Whether what arrives together is committed together. Without, every event waits for its own write to the disk.
   * @default true
   */
  readonly groupCommit?: boolean;
  /**
   * The time, for tests. What is due and when leases end follows it; retention compares it with a clock that is never set.
   * @default Date.now, and for work a clock that is never set
   */
  readonly clock?: Clock;
}

/** The options, complete. */
export interface ResolvedOptions extends Required<Omit<SqliteInboxOptions, 'retentionMs' | 'clock'>> {
  /** Absent: the file's own. */
  readonly retentionMs: number | undefined;
  /** Whether the path depends on the working directory. */
  readonly isRelative: boolean;
  readonly times: Times;
}

/** The longest of the times below: Node's timers and SQLite's `busy_timeout` read a longer one as zero. */
const LONGEST_MS = 2_000_000_000;

const BOOLEAN: OptionRule = { expected: 'true or false', fits: (value) => typeof value === 'boolean' };

const OPTIONS: OptionRules<SqliteInboxOptions> = {
  path: {
    expected: 'the name of a file',
    fits: (value) => typeof value === 'string' && value !== '',
    isRequired: true,
    // One that is given as undefined is an environment variable that is not set.
    refusesUndefined: true,
    explain: (value) =>
      value === undefined || value === ''
        ? `expected the name of a file, got ${value === '' ? 'an empty text' : 'undefined'}. Is its environment variable set?`
        : undefined,
    aliases: ['file', 'filename', 'fileName', 'filepath', 'filePath', 'database', 'db', 'dbPath', 'storage', 'url'],
  },
  create: BOOLEAN,
  retentionMs: {
    expected: 'milliseconds, more than 0',
    fits: (value) => typeof value === 'number' && value > 0,
    aliases: ['retention', 'retainFor', 'retain', 'ttl', 'ttlMs', 'maxAge', 'maxAgeMs'],
  },
  busyTimeoutMs: { ...milliseconds(0), aliases: ['busyTimeout', 'busy_timeout', 'timeout', 'timeoutMs'] },
  pollMs: milliseconds(1),
  sweepMs: milliseconds(1),
  groupCommit: BOOLEAN,
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
 * @param mono for tests: tells how much time really passed, when there is a `clock`
 * @throws CallStatusError `invalid_options`
 */
export function resolveOptions(options: SqliteInboxOptions, mono?: () => number): ResolvedOptions {
  checkOptions('sqliteInbox()', options, OPTIONS);
  const { path } = options;
  return {
    // A relative one would be another file once the process is in another folder.
    path: path === ':memory:' ? path : resolve(path),
    isRelative: !isAbsolute(path),
    create: options.create ?? false,
    retentionMs: options.retentionMs,
    busyTimeoutMs: options.busyTimeoutMs ?? 3000,
    pollMs: options.pollMs ?? 250,
    sweepMs: options.sweepMs ?? 60_000,
    groupCommit: options.groupCommit ?? true,
    times: timesBy(options.clock, mono),
  };
}
