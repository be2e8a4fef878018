import type { Transition, Trust } from '@call-status/core';
import { transitionOf } from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Row, type Sql, type Statements, type Value } from '../database/engine.ts';
import { callKey, hashOfCallId, OF_CALL } from '../database/schema/call-key.ts';
import { HAS_ID } from '../database/schema/events-of-call.ts';
import { reversed } from '../database/schema/reversed.ts';
import { hashOf, keyOf } from './erase.ts';
import { DETAIL_COLUMNS, type Details, type EventColumns, type RecordedRow } from './rows.ts';
import type { Transaction } from './transaction.ts';

type Detail = (typeof DETAIL_COLUMNS)[number];

/** The parameter with the event's value of a detail, which may be empty. They are numbered from 1. */
function of(name: Detail): string {
  return `?${DETAIL_COLUMNS.indexOf(name) + 1}`;
}

/** The first of two columns, which change together. */
function pair(name: Detail, other: Detail): string {
  return `CASE WHEN coalesce(${of(name)}, ${of(other)}) IS NULL THEN ${name} ELSE ${of(name)} END`;
}

/** The earliest time. */
function earliest(name: Detail): string {
  return `coalesce(min(${name}, ${of(name)}), ${name}, ${of(name)})`;
}

/** How an event changes a detail of its call, unless the last event that has it counts. */
const RULES: Partial<Record<Detail, string>> = {
  answered: `CASE WHEN answered = 1 THEN 1 ELSE coalesce(${of('answered')}, answered) END`,
  in_progress_at: earliest('in_progress_at'),
  ringing_at: earliest('ringing_at'),
  sip_code: pair('sip_code', 'sip_phrase'),
  sip_phrase: pair('sip_phrase', 'sip_code'),
  error_code: pair('error_code', 'error_message'),
  error_message: pair('error_message', 'error_code'),
};

const DETAILS = DETAIL_COLUMNS.map((name) => `${name} = ${RULES[name] ?? `coalesce(${of(name)}, ${name})`}`).join(', ');

const [CALL, RECEIVED_AT, ROW, IS_LATE, STATUS, ENDED_AT] = [14, 15, 16, 17, 18, 19].map((at) => `?${at}`);

const TOUCHED = `
  last_event_at = max(last_event_at, ${RECEIVED_AT}), event_count = event_count + 1, last_event = ${ROW},
  has_late = has_late OR ${IS_LATE}, ${DETAILS}`;

const INSERTED = `
  id, provider, tenant, call_id, call_hash, status, terminal, first_event_at, last_event_at, event_count, last_event, ended_at, trust, from_number,
  to_number, from_digits, to_digits, from_reversed, to_reversed, ${DETAIL_COLUMNS.join(', ')}`;

export const RECORD_SQL: Sql<
  | 'call'
  | 'eventOfCall'
  | 'tombstone'
  | 'erasing'
  | 'insertCall'
  | 'touchCall'
  | 'advanceCall'
  | 'endCall'
  | 'renumberFrom'
  | 'renumberTo'
  | 'weaken'
  | 'markConflict'
  | 'insertEvent'
> = {
  call: `
    SELECT id, status, from_number, to_number, trust, EXISTS (SELECT 1 FROM jobs WHERE call = calls.id AND state < 4) AS unfinished
    FROM calls WHERE ${OF_CALL}`,
  eventOfCall: `
    SELECT id, EXISTS (SELECT 1 FROM jobs WHERE call = recorded.call AND id = recorded.id AND state < 4) AS unfinished
    FROM recorded WHERE ${HAS_ID} AND call = ?2`,
  tombstone: 'SELECT 1 FROM tombstones WHERE hash = ?',
  erasing: `
    SELECT 1 FROM erasing CROSS JOIN recorded ON recorded.call = erasing.call AND ${HAS_ID} WHERE erasing.key = ?2`,
  insertCall: `
    INSERT INTO calls (${INSERTED})
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1${', ?'.repeat(9 + DETAIL_COLUMNS.length)})`,
  // An index is written for each column that a statement names, so each names only what changes.
  touchCall: `UPDATE calls SET ${TOUCHED} WHERE id = ${CALL}`,
  advanceCall: `UPDATE calls SET status = ${STATUS}, ${TOUCHED} WHERE id = ${CALL}`,
  endCall: `UPDATE calls SET status = ${STATUS}, terminal = 1, ended_at = ${ENDED_AT}, ${TOUCHED} WHERE id = ${CALL}`,
  renumberFrom: 'UPDATE calls SET from_number = ?, from_digits = ?, from_reversed = ? WHERE id = ?',
  renumberTo: 'UPDATE calls SET to_number = ?, to_digits = ?, to_reversed = ? WHERE id = ?',
  weaken: 'UPDATE calls SET trust = ? WHERE id = ?',
  markConflict: 'UPDATE calls SET has_conflict = 1 WHERE id = ?',
  insertEvent:
    'INSERT INTO recorded (id, call, event_id, transition, event, trace, received_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
};

/** The weakest first. */
const TRUSTS: readonly Trust[] = ['none', 'token', 'signed', 'confirmed'];

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
    const known = call.get(...callKey(provider, tenant, callId));
    const hasNewJob = known !== undefined && transaction.newJobs.some((job) => job.call === known['id']);
    if (hasNewJob) transaction.storeNewJobs();
    const inFlight = known && transaction.flights.rowOf(known['id']);
    const unfinished = this.#isUnfinishedDuplicate(event, known, inFlight);
    if (unfinished !== undefined) return ['duplicate', !unfinished];

    const transition = transitionOf(known?.['status'], status);
    const row = ++transaction.lastRow;
    const callRow = known === undefined ? this.#insert(event, row) : this.#update(known, event, transition, row);
    insertEvent.run(row, callRow, id, transition, event[14], event[15], event[6]);
    const isBehind = hasNewJob || inFlight !== undefined || known?.['unfinished'] === 1;
    transaction.addJob({ call: callRow, row, eventId: id, provider, since: steady }, isBehind);
    return [transition, false];
  }

  /** Whether the job of a known event is unfinished; `undefined` for a new event. */
  #isUnfinishedDuplicate(
    [provider, tenant, callId, id]: EventColumns,
    known: Row | undefined,
    inFlight: number | undefined,
  ): boolean | undefined {
    const { eventOfCall, tombstone, erasing } = this.#statements;
    if (known !== undefined) {
      const double = eventOfCall.get(id, known['id']);
      if (double !== undefined) return double['unfinished'] === 1 || double['id'] === inFlight;
    }
    if (this.#transaction.hasTombstones && tombstone.get(hashOf(id)) !== undefined) return false;
    if (this.#transaction.isErasing && erasing.get(id, keyOf(provider, tenant, callId)) !== undefined) return false;
    return undefined;
  }

  #insert(event: EventColumns, row: number): number {
    const [provider, tenant, callId, , status, terminal, receivedAt, endedAt, trust, ...rest] = event;
    const [from, to, fromDigits, toDigits, details] = rest;
    const call = ++this.#transaction.lastCall;
    this.#transaction.totals.addCalls(provider, Number(!terminal), Number(terminal));
    const head = [
      call,
      provider,
      tenant,
      callId,
      hashOfCallId(callId),
      status,
      Number(terminal),
      receivedAt,
      receivedAt,
      row,
      endedAt,
      trust,
    ];
    const numbers = [from, to, fromDigits, toDigits, reversed(fromDigits), reversed(toDigits)];
    this.#statements.insertCall.run(...head, ...numbers, ...details);
    return call;
  }

  #update(known: Row, event: EventColumns, transition: Transition, row: number): number {
    const { touchCall, advanceCall, endCall, weaken, markConflict } = this.#statements;
    const [provider, , , , status, terminal, receivedAt, endedAt, trust, , , , , details] = event;
    const call: number = known['id'];
    const touched = [...countedOf(details, transition), call, receivedAt, row, Number(transition === 'late')];
    if (transition !== 'advance') touchCall.run(...touched);
    else if (!terminal) advanceCall.run(...touched, status);
    else {
      endCall.run(...touched, status, endedAt);
      // An ended call does not advance again.
      this.#transaction.totals.addCalls(provider, -1, 1);
    }
    if (transition === 'conflict') markConflict.run(call);
    if (TRUSTS.indexOf(trust) < TRUSTS.indexOf(known['trust'])) weaken.run(trust, call);
    this.#renumber(known, event);
    return call;
  }

  /** Numbers seldom change within a call, and a search finds it by them. */
  #renumber(known: Row, event: EventColumns): void {
    const { renumberFrom, renumberTo } = this.#statements;
    const [, , , , , , , , , from, to, fromDigits, toDigits] = event;
    const hasNewFrom = from !== null && from !== known['from_number'];
    const hasNewTo = to !== null && to !== known['to_number'];
    if (!hasNewFrom && !hasNewTo) return;
    const call: number = known['id'];
    this.#transaction.searchTexts.change(call, this.#transaction.lastCall, () => {
      if (hasNewFrom) renumberFrom.run(from, fromDigits, reversed(fromDigits), call);
      if (hasNewTo) renumberTo.run(to, toDigits, reversed(toDigits), call);
    });
  }
}

/** A conflicting outcome does not replace the first one. */
function countedOf(details: Details, transition: Transition): readonly Value[] {
  return transition === 'conflict' ? [null, null, ...details.slice(2)] : details;
}
