import type { Page } from '@call-status/core';
import {
  checkOptions,
  type DueWatches,
  isInState,
  isStorable,
  type Place,
  type StoredWatch,
  timeCursor,
  type Watch,
  type WatchedCall,
  type WatchHealth,
  type WatchQuery,
  watchOf,
} from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import { nowSql, type Store } from '../store.ts';
import { IS_CALL } from '../write/group.ts';
import { byIndex } from './by-index.ts';
import { PAGE_ROWS, QUERIES } from './queries.ts';

/** How many watches a page of those in a state examines. */
const EXAMINED = 500;

/** How many are counted. */
const MOST_COUNTED = 1000;

/** One watched call, or `undefined`. */
export async function getWatch(store: Store, call: WatchedCall): Promise<Watch | undefined> {
  const { provider, tenant = '', callId } = call;
  if (![provider, tenant, callId].every(isStorable)) return undefined;
  const [row] = await byIndex(store, (query) => query(getSql(store.schema), [callId, provider, tenant]));
  return row && watchOf(row as StoredWatch);
}

/** A page of watched calls, newest first. A rare state takes several pages. */
export async function listWatches(store: Store, query: WatchQuery = {}): Promise<Page<Watch>> {
  checkOptions('query', query, QUERIES.watches);
  const { provider, state, cursor, limit = PAGE_ROWS } = query;
  const examined = provider === undefined && state === undefined ? limit + 1 : EXAMINED;
  const { at, row } = timeCursor.decode(cursor);
  const text = listSql(store.schema, state !== undefined && state !== 'expected');
  const rows = await byIndex(store, (run) => run(text, [at, row, examined]));
  const found: Watch[] = [];
  let last: Place | undefined;
  for (const each of rows) {
    if (found.length === limit) return { rows: found, ...next(last) };
    last = { at: each['since'], row: each['id'] };
    const watch = watchOf(each as StoredWatch);
    const isOfProvider = provider === undefined || watch.provider === provider;
    if (isOfProvider && (state === undefined || isInState(watch, state))) found.push(watch);
  }
  return { rows: found, ...(rows.length === examined && next(last)) };
}

/** Watches to check now. */
export async function dueWatches(store: Store, { limit }: { readonly limit: number }): Promise<DueWatches> {
  // One more shows when the next is due.
  const first = await byIndex(store, (query) => query(dueSql(store.schema), [store.now(), limit + 1]));
  const rows = first.slice(0, limit).filter((row) => row['due_at'] <= row['now']);
  const after = first[rows.length];
  return {
    rows: rows.map((row) => watchOf(row as StoredWatch)),
    ...(after && { nextInMs: Math.max(0, after['due_at'] - after['now']) }),
  };
}

function next(place: Place | undefined): { readonly next: string } {
  return { next: timeCursor.encode(place as Place) };
}

/** With the state of the call. @param watches as `i` */
function withCalls(s: string, watches: string): string {
  return `FROM (${watches}) i
    LEFT JOIN LATERAL (SELECT status, terminal, last_event_at FROM ${s}.calls c WHERE ${IS_CALL} LIMIT 1) c ON true`;
}

function getSql(s: string): string {
  const watch = `SELECT * FROM ${s}.watches WHERE call_id = $1::text AND provider = $2::text AND tenant = $3::text`;
  return `SELECT i.*, c.status, c.last_event_at ${withCalls(s, watch)}`;
}

function listSql(s: string, areTold: boolean): string {
  const watches = `
    SELECT * FROM ${s}.watches WHERE (since, id) < ($1::bigint, $2::bigint) ${areTold ? 'AND told' : ''}
    ORDER BY since DESC, id DESC LIMIT $3::int`;
  return `SELECT i.*, c.status, c.last_event_at ${withCalls(s, watches)} ORDER BY i.since DESC, i.id DESC`;
}

function dueSql(s: string): string {
  const watches = `SELECT * FROM ${s}.watches ORDER BY due_at, id LIMIT $2::int`;
  return `
    WITH n AS MATERIALIZED (SELECT ${nowSql(1)} AS now)
    SELECT i.*, c.status, c.last_event_at, (SELECT now FROM n) AS now ${withCalls(s, watches)} ORDER BY i.due_at, i.id`;
}

/** Those with a notice, by state. */
export function watchHealthSql(s: string): string {
  const watches = `SELECT * FROM ${s}.watches WHERE told ORDER BY since, id LIMIT ${MOST_COUNTED}`;
  return `
    SELECT count(*) FILTER (WHERE i.expected IS NOT NULL AND c.terminal IS NULL) AS missing,
      count(*) FILTER (WHERE i.stuck AND NOT c.terminal) AS stuck,
      count(*) FILTER (WHERE i.failed) AS failed
    ${withCalls(s, watches)}`;
}

export function watchHealthOf({ missing, stuck, failed }: Row): WatchHealth {
  return { missing, stuck, failed };
}
