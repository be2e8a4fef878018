import { createHash } from 'node:crypto';
import type { TerminalStatus } from '@call-status/core';
import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';
import { callKey, OF_CALL } from '../database/schema/call-key.ts';
import type { StoredRefusals } from './refusals.ts';
import type { Outcomes } from './results.ts';
import type { Transaction } from './transaction.ts';
import type { StoredWatches } from './watches.ts';

/** How long the ids of removed events stay known after the call's last event, or after it was erased: longer than any provider retries. */
export const DUPLICATES_FOR_MS: number = 7 * 86_400_000;

/** How many rows one step of a sweep examines or removes. */
export const STEP_ROWS = 100;

export const ERASE_SQL: Sql<
  | 'call'
  | 'endCall'
  | 'removeCall'
  | 'removeJobs'
  | 'markErasing'
  | 'nextErasing'
  | 'unmarkErasing'
  | 'events'
  | 'addTombstone'
  | 'removeEvent'
  | 'removedTo'
> = {
  call: `SELECT id, terminal FROM calls WHERE ${OF_CALL}`,
  endCall: `UPDATE calls SET status = ?, terminal = 1, ended_at = ?, ended_by = 'application' WHERE id = ?`,
  removeCall: 'DELETE FROM calls WHERE id = ?',
  removeJobs: 'DELETE FROM jobs WHERE call = ? RETURNING state, token',
  markErasing: 'INSERT INTO erasing (call, key, until) VALUES (?, ?, ?)',
  nextErasing: 'SELECT call, until FROM erasing WHERE call > 0 ORDER BY call LIMIT 1',
  unmarkErasing: 'DELETE FROM erasing WHERE call = ?',
  events: 'SELECT id, event_id FROM recorded WHERE call = ? LIMIT ?',
  addTombstone: 'INSERT OR REPLACE INTO tombstones (hash, until) VALUES (?, ?)',
  removeEvent: 'DELETE FROM recorded WHERE id = ?',
  removedTo: 'UPDATE inbox SET removed_to = max(removed_to, ?) WHERE id = 1',
};

/** What else is kept about a call. */
interface About {
  readonly refusals: StoredRefusals;
  readonly watches: StoredWatches;
}

/** Ends and removes calls. */
export class Eraser {
  readonly #transaction: Transaction;
  readonly #outcomes: Outcomes;
  readonly #about: About;
  readonly #statements: Statements<typeof ERASE_SQL>;

  constructor(db: Database, transaction: Transaction, outcomes: Outcomes, about: About) {
    this.#transaction = transaction;
    this.#outcomes = outcomes;
    this.#about = about;
    this.#statements = prepare(db, ERASE_SQL);
  }

  endCall(provider: string, callId: string, tenant: string, status: TerminalStatus, { wall }: Now): boolean {
    const call = this.#statements.call.get(...callKey(provider, tenant, callId));
    if (call?.['terminal'] !== 0) return false;
    this.#statements.endCall.run(status, wall, call['id']);
    this.#transaction.totals.addCalls(provider, -1, 1);
    return true;
  }

  /** Removes the call now, and leaves its events to `step`. */
  forgetCall(provider: string, callId: string, tenant: string, { wall }: Now): boolean {
    this.#transaction.storeNewJobs();
    const call = this.#statements.call.get(...callKey(provider, tenant, callId));
    if (call === undefined) return this.#about.watches.forget(provider, callId, tenant);
    this.#transaction.flights.land(call['id']);
    for (const { state, token } of this.#statements.removeJobs.all(call['id'])) {
      this.#transaction.totals.leave(state);
      if (token !== null) this.#outcomes.add(token, 'forget');
    }
    this.remove({ ...call, provider, tenant, call_id: callId }, wall + DUPLICATES_FOR_MS);
    this.#about.refusals.forget(callId);
    return true;
  }

  /** Removes a call that has no jobs, and leaves its events to `step`. */
  remove({ id, provider, tenant, call_id: callId, terminal }: Row, until: number): void {
    this.#transaction.searchTexts.remove(id);
    this.#statements.removeCall.run(id);
    this.#about.watches.forget(provider, callId, tenant);
    this.#statements.markErasing.run(id, keyOf(provider, tenant, callId), until);
    const isEnded = terminal === 1;
    this.#transaction.totals.addCalls(provider, isEnded ? 0 : -1, isEnded ? -1 : 0);
    this.#transaction.isErasing = true;
  }

  /** Removes up to `limit` events of removed calls, and returns how many. */
  step(limit: number, { wall }: Now): number {
    const { nextErasing, unmarkErasing, events, addTombstone, removeEvent } = this.#statements;
    let removed = 0;
    let last = 0;
    for (let call = nextErasing.get(); call !== undefined && removed < limit; call = nextErasing.get()) {
      const room = limit - removed;
      const rows = events.all(call['call'], room);
      for (const { id, event_id: eventId } of rows) {
        if (call['until'] > wall) {
          addTombstone.run(hashOf(eventId), call['until']);
          this.#transaction.hasTombstones = true;
        }
        removeEvent.run(id);
        last = Math.max(last, id);
      }
      removed += rows.length;
      if (rows.length < room) unmarkErasing.run(call['call']);
    }
    if (last > 0) this.#statements.removedTo.run(last);
    return removed;
  }
}

/** Hashes UTF-16 code units: in UTF-8 all lone surrogates would be the same. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf16le').digest('base64');
}

/** Identifies a removed call. */
export function keyOf(provider: string, tenant: string, callId: string): string {
  return hashOf(JSON.stringify([provider, tenant, callId]));
}
