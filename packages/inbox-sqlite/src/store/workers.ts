import type { WorkerHealth, WorkerReport } from '@call-status/core/inbox';
import { isoOf } from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Sql, type Statements } from '../database/engine.ts';

/** A worker that has not reported for so long is gone. */
const SILENT_MS = 60_000;

export const WORKER_SQL: Sql<'report' | 'remove' | 'removeSilent' | 'list'> = {
  report: 'INSERT OR REPLACE INTO workers (owner, seen_at, seen, report) VALUES (?, ?, ?, ?)',
  remove: 'DELETE FROM workers WHERE owner = ?',
  removeSilent: 'DELETE FROM workers WHERE seen < ?',
  list: 'SELECT seen_at, report FROM workers WHERE seen >= ? ORDER BY seen',
};

/** Keeps what workers report about themselves. */
export class StoredWorkers {
  readonly #statements: Statements<typeof WORKER_SQL>;

  constructor(db: Database) {
    this.#statements = prepare(db, WORKER_SQL);
  }

  report(report: WorkerReport, { wall, steady }: Now): void {
    this.#statements.removeSilent.run(steady - SILENT_MS);
    this.#statements.report.run(report.owner, wall, steady, JSON.stringify(report));
  }

  remove(owner: string): void {
    this.#statements.remove.run(owner);
  }

  list({ steady }: Now): WorkerHealth[] {
    const rows = this.#statements.list.all(steady - SILENT_MS);
    const workers = rows.map((row) => ({ ...JSON.parse(row['report']), lastSeenAt: isoOf(row['seen_at']) }));
    return workers.sort((a, b) => (a.owner < b.owner ? -1 : 1));
  }
}
