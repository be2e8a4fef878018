import type { DeadLetter, Page } from '@call-status/core';
import {
  checkOptions,
  type DeadLetterGroup,
  type DeadLetterQuery,
  deadLetterOf,
  isoOf,
  isStorable,
  type PageQuery,
  type Place,
  type StoredDeadLetter,
  timeCursor,
  timeRange,
} from '@call-status/core/inbox';
import type { Store } from '../store.ts';
import { byIndex } from './by-index.ts';
import { PAGE_ROWS, QUERIES } from './queries.ts';
import type { Statement } from './statement.ts';
import { Values } from './values.ts';

/** How many groups there are at most. */
const GROUPS = 100;

/** How many dead letters one step replays. */
const REPLAY_ROWS = 50;

type GroupQuery = Omit<DeadLetterQuery, keyof PageQuery>;

/** Newest first. */
export async function listDeadLetters(store: Store, query: DeadLetterQuery = {}): Promise<Page<DeadLetter>> {
  checkOptions('query', query, QUERIES.deadLetters);
  const { limit = PAGE_ROWS } = query;
  const { text, values } = deadLettersSql(store.schema, query);
  const found = await byIndex(store, (run) => run(text, values));
  const page = { rows: found.slice(0, limit).map((row) => deadLetterOf(row as StoredDeadLetter)) };
  const last = found.length > limit ? found[limit - 1] : undefined;
  return last === undefined ? page : { ...page, next: timeCursor.encode({ at: last['dead_at'], row: last['id'] }) };
}

/** One more than the page has shows that there is another page. */
function deadLettersSql(schema: string, query: DeadLetterQuery): Statement {
  const values = new Values();
  const { limit = PAGE_ROWS, cursor, ...dead } = query;
  const { at, row } = timeCursor.decode(cursor);
  const before = `(dead_at, id) < (${values.add(at)}::bigint, ${values.add(row)}::bigint)`;
  const jobs = `SELECT * FROM ${schema}.jobs WHERE ${deadCondition(dead, values)} AND ${before}`;
  const text = `
    SELECT w.id, w.failures, w.error, w.handler, w.dead_at, r.event, r.transition
    FROM (${jobs} ORDER BY dead_at DESC, id DESC LIMIT ${limit + 1}) w
    ${eventOfJob(schema)} ORDER BY w.dead_at DESC, w.id DESC`;
  return { text, values: values.all };
}

/** One dead letter, or `undefined`. */
export async function getDeadLetter(store: Store, eventId: string): Promise<DeadLetter | undefined> {
  if (!isStorable(eventId)) return undefined;
  const [row] = await byIndex(store, (run) => run(deadLetterSql(store.schema), [eventId]));
  return row && deadLetterOf(row as StoredDeadLetter);
}

function deadLetterSql(schema: string): string {
  return `
    SELECT w.failures, w.error, w.handler, w.dead_at, r.event, r.transition FROM ${schema}.jobs w
    ${eventOfJob(schema)} WHERE w.event_id = $1 AND w.dead_at IS NOT NULL LIMIT 1`;
}

/** The most frequent first. */
export async function groupDeadLetters(store: Store, query: GroupQuery = {}): Promise<readonly DeadLetterGroup[]> {
  checkOptions('query', query, QUERIES.replayAll);
  const { text, values } = deadLetterGroupsSql(store.schema, query);
  const rows = await byIndex(store, (run) => run(text, values));
  return rows.map((row) => ({
    provider: row['provider'],
    error: row['error_group'],
    count: row['count'],
    firstDeadAt: isoOf(row['first_at']),
    lastDeadAt: isoOf(row['last_at']),
  }));
}

function deadLetterGroupsSql(schema: string, query: GroupQuery): Statement {
  const values = new Values();
  const text = `
    SELECT provider, error_group, count(*) AS count, min(dead_at) AS first_at, max(dead_at) AS last_at
    FROM ${schema}.jobs WHERE ${deadCondition(query, values)}
    GROUP BY provider, error_group ORDER BY count(*) DESC, max(dead_at) DESC, provider, error_group LIMIT ${GROUPS}`;
  return { text, values: values.all };
}

/** The oldest dead letters that match, from after a place to the place `last`. */
export async function oldestDeadLetters(
  store: Store,
  query: GroupQuery,
  { after, last }: { readonly after: Place; readonly last: Place },
): Promise<readonly (Place & { readonly eventId: string })[]> {
  const values = new Values();
  const place = ({ at, row }: Place): string => `(${values.add(at)}::bigint, ${values.add(row)}::bigint)`;
  const text = `
    SELECT dead_at, id, event_id FROM ${store.schema}.jobs
    WHERE ${deadCondition(query, values)} AND (dead_at, id) > ${place(after)} AND (dead_at, id) <= ${place(last)}
    ORDER BY dead_at, id LIMIT ${REPLAY_ROWS}`;
  const rows = await byIndex(store, (run) => run(text, values.all));
  return rows.map((row) => ({ at: row['dead_at'], row: row['id'], eventId: row['event_id'] }));
}

function deadCondition({ provider, error, ...times }: GroupQuery, values: Values): string {
  const { sinceMs, untilMs } = timeRange(times);
  const conditions = [`dead_at >= ${values.add(sinceMs)}::bigint`, `dead_at < ${values.add(untilMs)}::bigint`];
  if (provider !== undefined) conditions.push(`provider = ${values.add(provider)}`);
  if (error !== undefined) conditions.push(`error_group = ${values.add(error)}`);
  return conditions.join(' AND ');
}

function eventOfJob(schema: string): string {
  return `CROSS JOIN LATERAL (SELECT event, transition FROM ${schema}.recorded WHERE recorded.id = w.id LIMIT 1) r`;
}
