import type { CallQuery } from '@call-status/core/inbox';
import type { Query } from '../connection/session.ts';

/** How many events may have been recorded since the time; of more, the newest calls are examined instead. */
const MOST_CHANGES = 2000;

/** The calls with an event since a time, by the events that were recorded last; `undefined` if there are too many to look at. */
export async function findChanged(
  schema: string,
  { changedSince }: CallQuery,
  run: Query,
): Promise<readonly number[] | undefined> {
  if (changedSince === undefined) return undefined;
  const since = new Date(changedSince).getTime();
  const rows = await run(changedSql(schema), [since]);
  if (rows.length > MOST_CHANGES || rows[0]?.['changes_from'] > since) return undefined;
  return [...new Set(rows.map(({ call }) => call as number | null))].filter((call) => call !== null);
}

/** Reading one more event shows that there are too many. Without an event, `changes_from` is the only row. */
function changedSql(s: string): string {
  return `
    SELECT i.changes_from, r.call FROM ${s}.inbox i
    LEFT JOIN LATERAL (
      SELECT call FROM ${s}.recorded WHERE received_at >= $1::bigint ORDER BY received_at, call LIMIT ${MOST_CHANGES + 1}) r ON true
    WHERE i.id = 1`;
}
