import { CallStatusError, type Clock } from '@call-status/core';

const DAY_MS = 86_400_000;

/** The options of {@link sqliteInbox}. */
export interface SqliteInboxOptions {
  /** The database file; it is made when it does not exist. On a local disk: SQLite's WAL does not work on network file systems. */
  readonly path: string;
  /**
   * For how long an ended call and its events stay after its last event, in milliseconds.
   * The ids of its events stay known for at least seven days, so that a late redelivery is still a duplicate.
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
 * Fills in the defaults.
 *
 * @throws CallStatusError `invalid_options`
 */
export function resolveOptions(options: SqliteInboxOptions): Required<SqliteInboxOptions> {
  const resolved = {
    path: options.path,
    retainFor: options.retainFor ?? 30 * DAY_MS,
    busyTimeoutMs: options.busyTimeoutMs ?? 5000,
    pollMs: options.pollMs ?? 250,
    sweepMs: options.sweepMs ?? 60_000,
    groupCommit: options.groupCommit ?? true,
    clock: options.clock ?? Date.now,
  };
  const issues: string[] = [];
  if (typeof resolved.path !== 'string' || resolved.path === '') issues.push('path: expected a file name.');
  for (const name of ['retainFor', 'busyTimeoutMs'] as const) {
    if (!(resolved[name] >= 0)) issues.push(`${name}: expected milliseconds, 0 or more.`);
  }
  for (const name of ['pollMs', 'sweepMs'] as const) {
    if (!(resolved[name] > 0)) issues.push(`${name}: expected milliseconds, more than 0.`);
  }
  if (issues.length > 0) throw new CallStatusError('invalid_options', { issues });
  return resolved;
}
