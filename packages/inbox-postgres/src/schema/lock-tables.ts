import { CallStatusError } from '@call-status/core';
import { isLocked, isWorthAnotherTry } from '../connection/errors.ts';
import type { Session } from '../connection/session.ts';
import { monotonicNow, setTimeout } from '../timers.ts';

/** How to wait for tables that others use, in milliseconds. */
export interface Patience {
  /** For so long one try waits. Whatever else is done with the table waits meanwhile, too. */
  readonly lockMs: number;
  /** Between two tries. */
  readonly pauseMs: number;
  /** After so long a try that waits in vain is the last one. */
  readonly allMs: number;
}

/** A try is shorter than the hosts wait for a lock, and longer than `deadlock_timeout`, at which the server stops an autovacuum. */
export const PATIENCE: Patience = { lockMs: 1100, pauseMs: 2000, allMs: 300_000 };

/**
 * Locks tables in an open transaction, and keeps its other locks while it waits. A long reader, such as a backup, would otherwise keep all
 * hosts waiting behind the migration.
 *
 * @param tables quoted
 * @throws CallStatusError `inbox_unavailable`; also errors of the connection
 */
export async function lockTables(
  session: Session,
  tables: readonly string[],
  { lockMs, pauseMs, allMs }: Patience = PATIENCE,
): Promise<void> {
  if (tables.length === 0) return;
  const until = monotonicNow() + allMs;
  await session.query('SAVEPOINT unlocked');
  for (;;) {
    try {
      await session.query(
        `SET LOCAL lock_timeout = ${lockMs}; LOCK TABLE ${tables.join()}; SET LOCAL lock_timeout = 0`,
      );
      return;
    } catch (error) {
      if (!isLocked(error) && !isWorthAnotherTry(error)) throw error;
      if (monotonicNow() >= until) throw inUse(error);
    }
    await session.query('ROLLBACK TO SAVEPOINT unlocked');
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

function inUse(cause: unknown): CallStatusError {
  return new CallStatusError(
    'inbox_unavailable',
    {
      reason: 'The tables have to be brought up to date, and another transaction keeps them locked.',
      hint: 'Start again once it has ended. Backups and long reports are such transactions: pg_stat_activity shows them.',
    },
    { cause },
  );
}
