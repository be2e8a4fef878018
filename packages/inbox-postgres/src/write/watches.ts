import { CallStatusError } from '@call-status/core';
import {
  checkSpan,
  type NewWatch,
  NO_PROGRESS,
  type WatchKey,
  type WatchUpdate,
  watchMarks,
  watchPlace,
} from '@call-status/core/inbox';
import { byIndex } from '../read/by-index.ts';
import { nowSql, type Store } from '../store.ts';
import { isCall } from './erase.ts';

// Watches are written apart from events, which must not wait for them.

/** @throws CallStatusError `inbox_unavailable` if an id cannot be stored as UTF-8 */
export async function addWatches(store: Store, watches: readonly NewWatch[]): Promise<number> {
  if (!watches.every(({ provider, tenant = '', callId }) => isCall(provider, tenant, callId))) {
    throw new CallStatusError('inbox_unavailable', {
      hint: 'An id contains NUL or a lone surrogate, which PostgreSQL cannot store.',
    });
  }
  const progress = watches.map((watch) => watch.progress ?? NO_PROGRESS);
  const marks = progress.map(watchMarks);
  const values = [
    store.now(),
    watches.map(({ provider }) => provider),
    watches.map(({ tenant = '' }) => tenant),
    watches.map(({ callId }) => callId),
    watches.map(({ since }) => (since === undefined ? null : Date.parse(since))),
    watches.map(({ dueInMs }) => checkSpan(dueInMs)),
    watches.map(({ expected }) => (expected === undefined ? null : JSON.stringify(expected))),
    progress.map((each) => JSON.stringify(each)),
    marks.map(({ told }) => told),
    marks.map(({ stuck }) => stuck),
    marks.map(({ failed }) => failed),
  ];
  return (await byIndex(store, (query) => query(addSql(store.schema), values))).length;
}

export async function updateWatch(store: Store, key: WatchKey, { dueInMs, progress }: WatchUpdate): Promise<boolean> {
  const { told, stuck, failed } = watchMarks(progress);
  const values = [checkSpan(dueInMs), JSON.stringify(progress), told, stuck, failed, store.now()];
  return change(store, key, (place) => [updateSql(store.schema), [...place, ...values]]);
}

export function removeWatch(store: Store, key: WatchKey): Promise<boolean> {
  return change(store, key, (place) => [removeSql(store.schema), place]);
}

export async function lead(store: Store, owner: string, leaseMs: number): Promise<boolean> {
  // The database refuses NUL.
  const values = [owner.replaceAll('\0', '\ufffd'), checkSpan(leaseMs), store.now()];
  const rows = await byIndex(store, (query) => query(leadSql(store.schema), values));
  return rows.length > 0 && leaseMs > 0;
}

/** PostgreSQL accepts no NUL. No watch has such a key. */
async function change(
  store: Store,
  { provider, tenant = '', callId, revision }: WatchKey,
  statement: (place: readonly unknown[]) => readonly [text: string, values: readonly unknown[]],
): Promise<boolean> {
  if (!isCall(provider, tenant, callId)) return false;
  const { id, changes } = watchPlace(revision);
  const [text, values] = statement([id, changes, callId, provider, tenant]);
  return (await byIndex(store, (query) => query(text, values))).length > 0;
}

/** In the order of their keys, so that no two that add the same calls wait for each other. */
export function addSql(s: string): string {
  return `
    WITH n AS MATERIALIZED (SELECT ${nowSql(1)} AS now)
    INSERT INTO ${s}.watches (provider, tenant, call_id, since, due_at, expected, progress, told, stuck, failed)
    SELECT provider, tenant, call_id, coalesce(since, n.now), n.now + due_ms, expected, progress, told, stuck, failed
    FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::boolean[], $10::boolean[],
        $11::boolean[]) WITH ORDINALITY
      AS i(provider, tenant, call_id, since, due_ms, expected, progress, told, stuck, failed, ord), n
    ORDER BY call_id, provider, tenant, ord ON CONFLICT (call_id, provider, tenant) DO NOTHING RETURNING id`;
}

const UNCHANGED =
  'id = $1::bigint AND changes = $2::int AND call_id = $3::text AND provider = $4::text AND tenant = $5::text RETURNING id';

export function updateSql(s: string): string {
  return `
    UPDATE ${s}.watches SET due_at = ${nowSql(11)} + $6::bigint, progress = $7::text, told = $8::boolean, stuck = $9::boolean,
      failed = $10::boolean, changes = changes + 1
    WHERE ${UNCHANGED}`;
}

export function removeSql(s: string): string {
  return `DELETE FROM ${s}.watches WHERE ${UNCHANGED}`;
}

/** A time much further ahead than the lease was set by another clock; one that is a little ahead, by a process that was faster. */
export function leadSql(s: string): string {
  return `
    INSERT INTO ${s}.leaders AS l (name, owner, until, lease_ms)
    SELECT 'reconciler', $1::text, n.now + $2::bigint, $2::bigint FROM (SELECT ${nowSql(3)} AS now) n
    ON CONFLICT (name) DO UPDATE SET owner = EXCLUDED.owner, until = EXCLUDED.until, lease_ms = EXCLUDED.lease_ms
    WHERE l.owner = EXCLUDED.owner OR l.until <= EXCLUDED.until - EXCLUDED.lease_ms
      OR l.until > EXCLUDED.until - EXCLUDED.lease_ms + 2 * l.lease_ms
    RETURNING owner`;
}
