import type { CallSummary, Page } from '@call-status/core';
import { type CallQuery, type CallRow, checkOptions, summaryOf, timeCursor } from '@call-status/core/inbox';
import type { Query, Row } from '../connection/session.ts';
import { nowSql, type Store } from '../store.ts';
import { byIndex } from './by-index.ts';
import { allConditions, indexedConditions } from './call-conditions.ts';
import { findChanged } from './changed-calls.ts';
import { FEW, fewSqls } from './few-calls.ts';
import { PAGE_ROWS, QUERIES } from './queries.ts';
import type { Statement } from './statement.ts';
import { Values } from './values.ts';

/** How many calls one page examines at most. */
const EXAMINED = 5000;

/** A page of calls, newest first. A rare combination of conditions takes several pages. */
export async function listCalls(store: Store, query: CallQuery = {}): Promise<Page<CallSummary>> {
  checkOptions('query', query, QUERIES.listCalls);
  const rows = await byIndex(store, async (run) => {
    const few = await findFew(store.schema, query, run);
    const { text, values } = callPageSql(store.schema, query, store.now(), few);
    return run(text, values);
  });
  const { limit = PAGE_ROWS } = query;
  const found = rows.filter((row) => row['id'] !== null);
  const page = { rows: found.slice(0, limit).map((row) => summaryOf(row as CallRow)) };
  const { examined_at, examined_id } = rows[0] as Row;
  const isMore = found.length > limit;
  const last = isMore ? (found[limit - 1] as Row) : { first_event_at: examined_at, id: examined_id };
  if (last['id'] === null) return page;
  return { ...page, next: timeCursor.encode({ at: last['first_event_at'], row: last['id'] }) };
}

/** The calls that may match, if an index of something else than their time shows that they are few. */
async function findFew(schema: string, query: CallQuery, run: Query): Promise<readonly number[] | undefined> {
  const changed = await findChanged(schema, query, run);
  if (changed !== undefined) return changed;
  for (const { text, values } of fewSqls(schema, query)) {
    const rows = await run(text, values);
    if (rows.length <= FEW) return rows.map((row) => row['id']);
  }
  return undefined;
}

/**
 * One more call than the page has shows that there is another page. If there are fewer among those examined, each row has the place of the
 * last one examined; it is the only row, without a call, if none was found.
 *
 * @param few examines only these calls
 */
function callPageSql(
  schema: string,
  query: CallQuery,
  now: number | null,
  few: readonly number[] | undefined,
): Statement {
  const values = new Values();
  values.add(now);
  const { limit = PAGE_ROWS } = query;
  const newest = 'ORDER BY c.first_event_at DESC, c.id DESC';
  const walk = `FROM ${schema}.calls c WHERE ${indexedConditions(query, values).join(' AND ')}`;
  const source =
    few === undefined
      ? `SELECT c.* ${walk} ${newest} LIMIT ${EXAMINED}`
      : `SELECT c.* FROM unnest(${values.add(few)}::bigint[]) AS i(id)
        CROSS JOIN LATERAL (SELECT * FROM ${schema}.calls WHERE calls.id = i.id LIMIT 1) c`;
  const dead = `LEFT JOIN LATERAL (
    SELECT true AS found FROM ${schema}.jobs WHERE jobs.call = c.id AND dead_at IS NOT NULL LIMIT 1) dead ON true`;
  const text = `
    WITH n AS MATERIALIZED (SELECT ${nowSql(1)} AS now),
    page AS MATERIALIZED (
      SELECT c.* FROM (${source}) c ${query.hasDeadLetter === undefined ? '' : dead}
      WHERE ${allConditions(query, values).join(' AND ')} ${newest} LIMIT ${limit + 1}),
    examined AS MATERIALIZED (
      SELECT c.first_event_at AS examined_at, c.id AS examined_id ${walk}
        AND ${few === undefined} AND (SELECT count(*) FROM page) <= ${limit} ${newest} OFFSET ${EXAMINED - 1} LIMIT 1)
    SELECT c.*, dead.found IS NOT NULL AS has_dead_letter, examined.*
    FROM (SELECT 1) AS one LEFT JOIN page c ON true ${dead} LEFT JOIN examined ON true ${newest}`;
  return { text, values: values.all };
}
