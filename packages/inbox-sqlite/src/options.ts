import { isAbsolute, resolve } from 'node:path';
import { type Clock, checkOptions, type OptionRule, type OptionRules } from '@call-status/core/inbox';
import { type Times, timesBy } from './database/clock.ts';

/** The options of {@link sqliteInbox}. */
export interface SqliteInboxOptions {
  /**
   * The database file. For a service, use an absolute path on a volume that survives deploys. It must be on a local disk: SQLite's WAL does
   * not work on network file systems.
   */
  readonly path: string;
  /**
   * Whether to create a file that does not exist at the first use. A service does not need it: its receiver creates the file. A script that
   * only reads omits it, so that a wrong path is an error (`inbox_missing`).
   * @default false
   */
  readonly create?: boolean;
  /**
   * Whether to open the file for reading only: nothing is written, not even to bring its tables up to date, and writes are rejected with
   * `inbox_unwritable`. For tools that look into the inbox of a running service, and for a copy on a disk that cannot be written.
   * @default false
   */
  readonly readOnly?: boolean;
  /**
   * How long an ended call and its events stay after its last event, in milliseconds; `Infinity` to keep them forever. A live call stays
   * seven times as long. The ids of removed events stay known until seven days after that last event, so that a late redelivery is still a
   * duplicate. A service stores the setting in the file; without the option, the file's own setting applies.
   * @default the file's own setting; 30 days in a new file
   */
  readonly retentionMs?: number;
  /**
   * How long to wait when another program locks the file, in milliseconds, before `inbox_locked`. The default is shorter than the five
   * seconds after which SignalWire gives up on a callback.
   * @default 3000
   */
  readonly busyTimeoutMs?: number;
  /**
   * How often to check for events that another process recorded, in milliseconds.
   * @default 250
   */
  readonly pollMs?: number;
  /**
   * How often to check for calls older than `retentionMs`, in milliseconds. Only a process with a worker does, and only one at a time.
   * @default 60000
   */
  readonly sweepMs?: number;
  /**
   * Whether events that arrive together are committed together. If `false`, every event waits for its own write to disk.
   * @default true
   */
  readonly groupCommit?: boolean;
  /**
   * The time, for tests. Jobs and leases follow it; retention compares it with a monotonic clock.
   * @default Date.now; for jobs and leases a monotonic clock
   */
  readonly clock?: Clock;
}

/** The options with their defaults. */
export interface ResolvedOptions extends Required<Omit<SqliteInboxOptions, 'retentionMs' | 'clock'>> {
  /** `undefined`: the file's own. */
  readonly retentionMs: number | undefined;
  /** Whether the path depends on the working directory. */
  readonly isRelative: boolean;
  readonly times: Times;
}

/** The longest time: Node's timers and SQLite's `busy_timeout` treat a longer one as zero. */
const LONGEST_MS = 2_000_000_000;

const BOOLEAN: OptionRule = { expected: 'true or false', fits: (value) => typeof value === 'boolean' };

const OPTIONS: OptionRules<SqliteInboxOptions> = {
  path: {
    expected: 'the name of a file',
    fits: (value) => typeof value === 'string' && value !== '',
    isRequired: true,
    // An explicit `undefined` is usually an environment variable that is not set.
    refusesUndefined: true,
    explain: (value) =>
      value === undefined || value === ''
        ? `expected the name of a file, got ${value === '' ? 'an empty text' : 'undefined'}. Is its environment variable set?`
        : undefined,
    aliases: ['file', 'filename', 'fileName', 'filepath', 'filePath', 'database', 'db', 'dbPath', 'storage', 'url'],
  },
  create: BOOLEAN,
  readOnly: { ...BOOLEAN, aliases: ['readonly', 'read_only'] },
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
 * @param mono the monotonic clock beside `clock`, for tests
 * @throws CallStatusError `invalid_options`
 */
export function resolveOptions(options: SqliteInboxOptions, mono?: () => number): ResolvedOptions {
  checkOptions('sqliteInbox()', options, OPTIONS);
  const { path } = options;
  return {
    // A relative path would name another file after a change of the working directory.
    path: path === ':memory:' ? path : resolve(path),
    isRelative: !isAbsolute(path),
    create: options.create ?? false,
    readOnly: options.readOnly ?? false,
    retentionMs: options.retentionMs,
    busyTimeoutMs: options.busyTimeoutMs ?? 3000,
    pollMs: options.pollMs ?? 250,
    sweepMs: options.sweepMs ?? 60_000,
    groupCommit: options.groupCommit ?? true,
    times: timesBy(options.clock, mono),
  };
}
