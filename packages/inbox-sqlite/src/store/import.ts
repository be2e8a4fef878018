import { errorGroupOf, type MovedCall, type MovedEvent, rowOfCall, storedText } from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Sql, type Statements, type Value } from '../database/engine.ts';
import { callKey, hashOfCallId, OF_CALL } from '../database/schema/call-key.ts';
import { reversed } from '../database/schema/reversed.ts';
import { RECORD_SQL } from './record.ts';
import { BLOCKED, DEAD } from './totals.ts';
import type { Transaction } from './transaction.ts';

/** The columns of a call whose names and values are those of the shared row. */
const SHARED = [
  'provider',
  'tenant',
  'call_id',
  'status',
  'terminal',
  'first_event_at',
  'last_event_at',
  'event_count',
  'from_number',
  'to_number',
  'from_digits',
  'to_digits',
  'trust',
  'has_conflict',
  'ended_at',
  'ended_by',
  'direction',
  'answered',
  'answered_at',
  'in_progress_at',
  'ringing_at',
  'duration_seconds',
  'answered_by',
  'sip_code',
  'sip_phrase',
  'mos',
  'error_code',
  'error_message',
  'parent_call_id',
  'has_late',
] as const;

const OWN = ['id', 'call_hash', 'last_event', 'dead_letters', 'from_reversed', 'to_reversed'] as const;

const JOB = [
  'call',
  'id',
  'event_id',
  'provider',
  'state',
  'suspect',
  'span_ms',
  'not_before',
  'takes',
  'failures',
  'interruptions',
  'done_handlers',
  'error',
  'error_group',
  'dead_at',
  'handler',
] as const;

function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}

export const IMPORT_SQL: Sql<'call' | 'insertCall' | 'insertEvent' | 'insertJob'> = {
  call: `SELECT id FROM calls WHERE ${OF_CALL}`,
  insertCall: insertInto('calls', [...OWN, ...SHARED]),
  insertEvent: RECORD_SQL.insertEvent,
  insertJob: insertInto('jobs', JOB),
};

/** Adds calls of other inboxes. */
export class Importer {
  readonly #transaction: Transaction;
  readonly #statements: Statements<typeof IMPORT_SQL>;

  constructor(db: Database, transaction: Transaction) {
    this.#transaction = transaction;
    this.#statements = prepare(db, IMPORT_SQL);
  }

  /** Returns `false` if the call is known. */
  import({ provider, tenant = '', callId, events, end }: MovedCall, now: Now): boolean {
    if (this.#statements.call.get(...callKey(provider, tenant, callId)) !== undefined) return false;
    const row = rowOfCall(
      events.map(({ event }) => event),
      end,
    );
    const transaction = this.#transaction;
    const call = ++transaction.lastCall;
    for (const moved of events) this.#addEvent(call, moved, now);
    const dead = events.filter(({ deadLetter }) => deadLetter !== undefined).length;
    const numbers = [reversed(row.from_digits), reversed(row.to_digits)];
    const own = [call, hashOfCallId(callId), transaction.lastRow, dead, ...numbers];
    const shared = SHARED.map((name) => storedValue(row[name]));
    this.#statements.insertCall.run(...own, ...shared);
    transaction.totals.addCalls(provider, Number(!row.terminal), Number(row.terminal));
    transaction.schedule(call, now);
    return true;
  }

  #addEvent(call: number, { event: { transition, ...event }, trace, job, deadLetter }: MovedEvent, now: Now): void {
    const row = ++this.#transaction.lastRow;
    this.#statements.insertEvent.run(
      row,
      call,
      event.id,
      transition,
      JSON.stringify(event),
      trace ?? null,
      Date.parse(event.receivedAt),
    );
    if (job !== undefined) {
      const { failures, interruptions, suspect, takes, doneHandlers, retryInMs = 0, error = null } = job;
      const span = Math.ceil(retryInMs);
      const notBefore = span === 0 ? 0 : now.steady + span;
      const state = [BLOCKED, Number(suspect), span, notBefore, takes, failures, interruptions];
      const values = [...state, JSON.stringify(doneHandlers), error, null, null, null];
      this.#statements.insertJob.run(call, row, event.id, event.provider, ...values);
      this.#transaction.totals.enter(BLOCKED);
    }
    if (deadLetter !== undefined) {
      const { attempts, takes, error, handler = null, deadAt, doneHandlers } = deadLetter;
      const texts = [storedText(error, Number.POSITIVE_INFINITY), errorGroupOf(error)];
      const state = [DEAD, 0, 0, 0, takes, attempts, 0, JSON.stringify(doneHandlers)];
      const values = [...state, ...texts, Date.parse(deadAt), handler];
      this.#statements.insertJob.run(call, row, event.id, event.provider, ...values);
      this.#transaction.totals.enter(DEAD);
    }
  }
}

function storedValue(value: string | number | boolean | null): Value {
  return typeof value === 'boolean' ? Number(value) : value;
}
