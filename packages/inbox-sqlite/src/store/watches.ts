import {
  checkSpan,
  type NewWatch,
  NO_PROGRESS,
  type WatchKey,
  type WatchUpdate,
  watchMarks,
  watchPlace,
} from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';
import { CALL_OF_WATCH, hashOfCallId } from '../database/schema/call-key.ts';

/** How many old watches one step of a sweep examines. */
const OLD_ROWS = 100;

export const WATCH_SQL: Sql<'add' | 'update' | 'remove' | 'forget' | 'old' | 'removeOld' | 'farAhead' | 'lead'> = {
  add: `
    INSERT INTO watches (provider, tenant, call_id, call_hash, since, due_at, span_ms, expected, progress, told, stuck, failed)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  update: `
    UPDATE watches SET due_at = ?, span_ms = ?, progress = ?, told = ?, stuck = ?, failed = ?, changes = changes + 1
    WHERE id = ? AND changes = ? AND call_id = ? AND provider = ? AND tenant = ?`,
  remove: 'DELETE FROM watches WHERE id = ? AND changes = ? AND call_id = ? AND provider = ? AND tenant = ?',
  forget: 'DELETE FROM watches WHERE call_id = ? AND provider = ? AND tenant = ?',
  old: `
    SELECT watches.id AS id, since, calls.id IS NOT NULL AS has_call FROM watches LEFT JOIN ${CALL_OF_WATCH}
    WHERE (since, watches.id) > (?, ?) AND since < ? ORDER BY since, watches.id LIMIT ${OLD_ROWS}`,
  removeOld: 'DELETE FROM watches WHERE id = ?',
  farAhead: 'UPDATE watches SET due_at = ?1 + span_ms WHERE due_at > ?1 AND due_at > ?1 + span_ms',
  // A time much further ahead was set by another clock; one that is a little ahead, by a process whose request was faster.
  lead: `
    INSERT INTO leaders (name, owner, until, lease_ms) VALUES ('reconciler', ?1, ?2 + ?3, ?3)
    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until, lease_ms = excluded.lease_ms
    WHERE leaders.owner = excluded.owner OR leaders.until <= ?2 OR leaders.until > ?2 + 2 * leaders.lease_ms`,
};

/** Changes watched calls. Each is watched once. */
export class StoredWatches {
  readonly #statements: Statements<typeof WATCH_SQL>;

  constructor(db: Database) {
    this.#statements = prepare(db, WATCH_SQL);
  }

  add(watches: readonly NewWatch[], { wall, steady }: Now): number {
    let added = 0;
    for (const { provider, tenant = '', callId, dueInMs, expected, since, progress = NO_PROGRESS } of watches) {
      const call = [provider, tenant, callId, hashOfCallId(callId)];
      const sinceMs = since === undefined ? wall : Date.parse(since);
      const details = expected === undefined ? null : JSON.stringify(expected);
      const ms = checkSpan(dueInMs);
      const { changes } = this.#statements.add.run(...call, sinceMs, steady + ms, ms, details, ...stored(progress));
      added += Number(changes);
    }
    return added;
  }

  update(key: WatchKey, { dueInMs, progress }: WatchUpdate, { steady }: Now): boolean {
    const ms = checkSpan(dueInMs);
    return this.#statements.update.run(steady + ms, ms, ...stored(progress), ...placeOf(key)).changes === 1;
  }

  remove(key: WatchKey): boolean {
    return this.#statements.remove.run(...placeOf(key)).changes === 1;
  }

  /** Removes the watch of a call that is removed. */
  forget(provider: string, callId: string, tenant: string): boolean {
    return this.#statements.forget.run(callId, provider, tenant).changes === 1;
  }

  /** Removes old watches without a call, and returns those that were examined. */
  removeOld(after: { readonly at: number; readonly row: number }, before: number): Row[] {
    const old = this.#statements.old.all(after.at, after.row, before);
    for (const { id, has_call: hasCall } of old) if (hasCall === 0) this.#statements.removeOld.run(id);
    return old;
  }

  /** A time further ahead than its span was set by another clock. */
  limitSpans({ steady }: Now): void {
    this.#statements.farAhead.run(steady);
  }

  lead(owner: string, leaseMs: number, { steady }: Now): boolean {
    return this.#statements.lead.run(owner, steady, checkSpan(leaseMs)).changes === 1 && leaseMs > 0;
  }
}

type Flag = 0 | 1;

function stored(
  progress: NonNullable<NewWatch['progress']>,
): [progress: string, told: Flag, stuck: Flag, failed: Flag] {
  const { told, stuck, failed } = watchMarks(progress);
  return [JSON.stringify(progress), flag(told), flag(stuck), flag(failed)];
}

function flag(value: boolean): Flag {
  return value ? 1 : 0;
}

function placeOf({ provider, tenant = '', callId, revision }: WatchKey): [number, number, string, string, string] {
  const { id, changes } = watchPlace(revision);
  return [id, changes, callId, provider, tenant];
}
