import type { Transition } from '@call-status/core';
import { transitionOf } from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';
import { hashOf, keyOf } from './erase.ts';
import type { EventColumns, RecordedRow } from './rows.ts';
import type { Transaction } from './transaction.ts';

const DETAILS = `
  direction = coalesce(?, direction), from_number = coalesce(?, from_number), to_number = coalesce(?, to_number),
  answered = CASE WHEN answered = 1 THEN 1 ELSE coalesce(?, answered) END, duration_seconds = coalesce(?, duration_seconds),
  answered_at = coalesce(?, answered_at), in_progress_at = coalesce(min(in_progress_at, ?), in_progress_at, ?)`;

export const RECORD_SQL: Sql<
  'call' | 'eventOfCall' | 'tombstone' | 'erasing' | 'insertCall' | 'advanceCall' | 'touchCall' | 'insertEvent'
> = {
  call: `
    SELECT id, status, EXISTS (SELECT 1 FROM jobs WHERE call = calls.id AND state < 4) AS unfinished
    FROM calls WHERE call_id = ? AND provider = ? AND tenant = ?`,
  eventOfCall: `
    SELECT EXISTS (SELECT 1 FROM jobs WHERE call = recorded.call AND id = recorded.id AND state < 4) AS unfinished
    FROM recorded WHERE call = ? AND event_id = ?`,
  tombstone: 'SELECT 1 FROM tombstones WHERE hash = ?',
  erasing: `
    SELECT 1 FROM erasing CROSS JOIN recorded ON recorded.call = erasing.call AND recorded.event_id = ? WHERE erasing.key = ?`,
  insertCall: `
    INSERT INTO calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count,
      direction, from_number, to_number, answered, duration_seconds, answered_at, in_progress_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)`,
  advanceCall: `
    UPDATE calls SET status = ?, terminal = ?, last_event_at = max(last_event_at, ?), event_count = event_count + 1, ${DETAILS} WHERE id = ?`,
  touchCall: `UPDATE calls SET last_event_at = max(last_event_at, ?), event_count = event_count + 1, ${DETAILS} WHERE id = ?`,
  insertEvent: 'INSERT INTO recorded (call, event_id, transition, event) VALUES (?, ?, ?, ?)',
};

/** Records events. */
export class Recorder {
  readonly #transaction: Transaction;
  readonly #statements: Statements<typeof RECORD_SQL>;

  constructor(db: Database, transaction: Transaction) {
    this.#transaction = transaction;
    this.#statements = prepare(db, RECORD_SQL);
  }

  record(event: EventColumns, { steady }: Now): RecordedRow {
    const { call, insertEvent } = this.#statements;
    const transaction = this.#transaction;
    const [provider, tenant, callId, id, status] = event;
    const known = call.get(callId, provider, tenant);
    const hasNewJob = known !== undefined && transaction.newJobs.some((job) => job.call === known['id']);
    if (hasNewJob) transaction.storeNewJobs();
    const unfinished = this.#isUnfinishedDuplicate(event, known);
    if (unfinished !== undefined) return ['duplicate', !unfinished];

    const transition = transitionOf(known?.['status'], status);
    const callRow = known === undefined ? this.#insert(event) : this.#update(known['id'], event, transition);
    const row = Number(insertEvent.run(callRow, id, transition, event[14]).lastInsertRowid);
    const isBehind = hasNewJob || known?.['unfinished'] === 1;
    transaction.addJob({ call: callRow, row, eventId: id, provider, since: steady }, isBehind);
    return [transition, false];
  }

  /** Whether the job of a known event is unfinished; `undefined` for a new event. */
  #isUnfinishedDuplicate([provider, tenant, callId, id]: EventColumns, known: Row | undefined): boolean | undefined {
    const { eventOfCall, tombstone, erasing } = this.#statements;
    if (known !== undefined) {
      const double = eventOfCall.get(known['id'], id);
      if (double !== undefined) return double['unfinished'] === 1;
    }
    if (this.#transaction.hasTombstones && tombstone.get(hashOf(id)) !== undefined) return false;
    if (this.#transaction.isErasing && erasing.get(id, keyOf(provider, tenant, callId)) !== undefined) return false;
    return undefined;
  }

  #insert([provider, tenant, callId, , status, terminal, receivedAt, ...rest]: EventColumns): number {
    const [direction, from, to, answered, duration, answeredAt, inProgressAt] = rest;
    const call = [provider, tenant, callId, status, Number(terminal), receivedAt, receivedAt];
    this.#transaction.totals.addCalls(Number(!terminal), Number(terminal));
    const details = [direction, from, to, answered, duration, answeredAt, inProgressAt];
    const { lastInsertRowid } = this.#statements.insertCall.run(...call, ...details);
    return Number(lastInsertRowid);
  }

  #update(call: number, event: EventColumns, transition: Transition): number {
    const [, , , , status, terminal, receivedAt, direction, from, to, answered, duration, answeredAt, inProgressAt] =
      event;
    // A conflicting outcome does not replace the first one.
    const counts = transition === 'conflict' ? null : answered;
    const details = [direction, from, to, counts, duration, answeredAt, inProgressAt, inProgressAt, call];
    if (transition !== 'advance') this.#statements.touchCall.run(receivedAt, ...details);
    else {
      this.#statements.advanceCall.run(status, Number(terminal), receivedAt, ...details);
      // An ended call does not advance again.
      if (terminal) this.#transaction.totals.addCalls(-1, 1);
    }
    return call;
  }
}
