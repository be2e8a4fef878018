import { isoOf, type WorkerHealth, type WorkerReport } from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import { nowSql, type Store } from '../store.ts';

/** A worker that has not reported for so long has died. */
const SILENT_MS = 60_000;

/** Keeps a report, and forgets workers that have died. */
export async function reportWorker(store: Store, report: WorkerReport): Promise<void> {
  const values = [store.now(), ownerOf(report.owner), JSON.stringify(report)];
  await store.transaction((query) => query(reportSql(store.schema), values));
}

/** Forgets a worker that has stopped. */
export async function removeWorker(store: Store, owner: string): Promise<void> {
  await store.transaction((query) => query(`DELETE FROM ${store.schema}.workers WHERE owner = $1`, [ownerOf(owner)]));
}

/** The database refuses NUL. */
function ownerOf(owner: string): string {
  return owner.replaceAll('\0', '\ufffd');
}

function reportSql(s: string): string {
  return `
    WITH n AS MATERIALIZED (SELECT ${nowSql(1)} AS now),
    died AS (
      DELETE FROM ${s}.workers WHERE owner IN (
        SELECT owner FROM ${s}.workers, n WHERE owner <> $2 AND seen_at < n.now - ${SILENT_MS} FOR UPDATE OF workers SKIP LOCKED))
    INSERT INTO ${s}.workers (owner, seen_at, report) SELECT $2, now, $3 FROM n
    ON CONFLICT (owner) DO UPDATE SET seen_at = EXCLUDED.seen_at, report = EXCLUDED.report`;
}

export function workersSql(s: string): string {
  return `
    WITH n AS MATERIALIZED (SELECT ${nowSql(1)} AS now)
    SELECT seen_at, report FROM ${s}.workers WHERE seen_at >= (SELECT now FROM n) - ${SILENT_MS} ORDER BY owner`;
}

export function workersOf(rows: readonly Row[]): readonly WorkerHealth[] {
  return rows.map((row) => ({ ...JSON.parse(row['report']), lastSeenAt: isoOf(row['seen_at']) }));
}
