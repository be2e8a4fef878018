import type { InboxCounts } from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import { nowSql, type Store } from '../store.ts';

/** How many calls and events there are, for people: it reads all calls. */
export async function readCounts(store: Store): Promise<InboxCounts> {
  const [row] = await store.read(countsSql(store.schema), [store.now()]);
  const { live, ended, jobs, running, dead } = row as Row;
  return { live, ended, waiting: jobs - running - dead, running, dead };
}

function countsSql(s: string): string {
  return `
    WITH n AS MATERIALIZED (SELECT ${nowSql(1)} AS now)
    SELECT * FROM
      (SELECT count(*) FILTER (WHERE NOT terminal) AS live, count(*) FILTER (WHERE terminal) AS ended FROM ${s}.calls) c,
      (SELECT count(*) AS jobs, count(dead_at) AS dead,
        count(*) FILTER (WHERE token IS NOT NULL AND due_at - coalesce(begun_ms, 0) > now) AS running FROM ${s}.jobs, n) w`;
}
