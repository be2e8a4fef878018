import { nowSql } from '../store.ts';
import type { GroupTransaction } from './operation.ts';

/** Makes the first unfinished job of each call due, unless one of the call is due or running. */
export function scheduleSql(s: string): string {
  return `
    WITH n AS MATERIALIZED (SELECT ${nowSql(2)} AS now)
    UPDATE ${s}.jobs w SET due_at = greatest(w.run_at, n.now)
    FROM n, (SELECT DISTINCT unnest($1::bigint[]) AS call) c
    CROSS JOIN LATERAL (SELECT id, due_at FROM ${s}.jobs WHERE call = c.call AND dead_at IS NULL ORDER BY id LIMIT 1) head
    LEFT JOIN LATERAL (
      SELECT 1 AS x FROM ${s}.jobs WHERE head.due_at IS NULL AND call = c.call AND due_at IS NOT NULL LIMIT 1) scheduled ON true
    WHERE w.call = c.call AND w.id = head.id AND head.due_at IS NULL AND scheduled.x IS NULL
    RETURNING w.id`;
}

/** Sends it. Says that work is due if there is any. */
export function schedule(transaction: GroupTransaction, sql: string, calls: readonly (number | null)[]): void {
  transaction.send(sql, [calls, transaction.now]).then(
    (rows) => {
      if (rows.length > 0) transaction.workIsDue();
    },
    () => {},
  );
}
