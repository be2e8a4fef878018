import { CallStatusError } from '@call-status/core';
import {
  type CallRow,
  columnsOf,
  isStorable,
  mergeColumns,
  type NewEvent,
  type Recorded,
  transitionOf,
} from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import { feedMarkSql } from '../feed-mark.ts';
import { nowSql } from '../store.ts';
import { columnsOfKeys, IS_CALL } from './group.ts';
import type { GroupTransaction, Operation } from './operation.ts';

const HASH = `sha256(convert_to(i.event_id, 'UTF8'))`;

/** Gives every call a row that can be locked. Not for a removed event, which is a duplicate. */
export const newCallsSql = (s: string): string => `
  INSERT INTO ${s}.calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count)
  SELECT provider, tenant, call_id, 'unknown', false, min(at), min(at), 0
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) AS i(provider, tenant, call_id, event_id, at)
  LEFT JOIN LATERAL (SELECT 1 AS x FROM ${s}.tombstones t WHERE t.hash = ${HASH} LIMIT 1) t ON true
  WHERE t.x IS NULL
  GROUP BY provider, tenant, call_id ORDER BY provider, tenant, call_id
  ON CONFLICT DO NOTHING`;

/**
 * What is known of each event and its call. A new statement after the lock, so that it sees what those committed who had the lock before.
 * `LATERAL … LIMIT 1` and not `EXISTS`, which would read whole tables when their statistics are old.
 */
export const knownSql = (s: string): string => `
  SELECT c.*, busy.x IS NOT NULL AS busy, r.id IS NOT NULL AS known, unfinished.x IS NOT NULL AS unfinished, t.x IS NOT NULL AS removed
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS i(provider, tenant, call_id, event_id, ord)
  LEFT JOIN LATERAL (SELECT * FROM ${s}.calls c WHERE ${IS_CALL} LIMIT 1) c ON true
  LEFT JOIN LATERAL (SELECT r.id FROM ${s}.recorded r WHERE r.call = c.id AND r.event_id = i.event_id LIMIT 1) r ON true
  LEFT JOIN LATERAL (SELECT 1 AS x FROM ${s}.jobs j WHERE j.call = c.id AND j.dead_at IS NULL LIMIT 1) busy ON true
  LEFT JOIN LATERAL (
    SELECT 1 AS x FROM ${s}.jobs j WHERE j.call = c.id AND j.id = r.id AND j.dead_at IS NULL LIMIT 1) unfinished ON true
  LEFT JOIN LATERAL (SELECT 1 AS x FROM ${s}.tombstones t WHERE t.hash = ${HASH} LIMIT 1) t ON true
  ORDER BY i.ord`;

/** A call that was made for an event of a call that was removed in the same moment. */
export const deleteEmptySql = (s: string): string =>
  `DELETE FROM ${s}.calls WHERE id = ANY($1::bigint[]) AND event_count = 0`;

/** The columns of a call that an event may change, with their types. */
const COLUMNS = {
  status: 'text',
  terminal: 'boolean',
  last_event_at: 'bigint',
  event_count: 'integer',
  direction: 'text',
  from_number: 'text',
  to_number: 'text',
  from_digits: 'text',
  to_digits: 'text',
  answered: 'boolean',
  answered_at: 'bigint',
  in_progress_at: 'bigint',
  ringing_at: 'bigint',
  ended_at: 'bigint',
  duration_seconds: 'float8',
  answered_by: 'text',
  sip_code: 'integer',
  sip_phrase: 'text',
  mos: 'float8',
  error_code: 'text',
  error_message: 'text',
  parent_call_id: 'text',
  trust: 'text',
  has_late: 'boolean',
  has_conflict: 'boolean',
  last_event_id: 'text',
  last_event_status: 'text',
  last_event_transition: 'text',
  last_event_received_at: 'bigint',
} satisfies { readonly [Name in keyof CallRow]?: string };

export const CALL_COLUMNS: readonly (keyof typeof COLUMNS)[] = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

export const updateCallsSql = (s: string): string => `
  UPDATE ${s}.calls c
  SET ${CALL_COLUMNS.map((name) => `${name} = i.${name}`)}, retained_from = CASE WHEN i.terminal THEN i.last_event_at END
  FROM unnest($1::bigint[], ${CALL_COLUMNS.map((name, at) => `$${at + 2}::${COLUMNS[name]}[]`)}) AS i(id, ${CALL_COLUMNS})
  WHERE c.id = i.id`;

/** The number of an event is its place in the order of recording, and of its call. */
export const insertSql = (s: string): string => `
  WITH i AS MATERIALIZED (
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[]) WITH ORDINALITY
      AS i(call, event_id, provider, transition, event, is_behind, ord)),
  r AS (
    INSERT INTO ${s}.recorded (call, event_id, transition, event)
    SELECT call, event_id, transition, event FROM i ORDER BY ord RETURNING id, call, event_id),
  n AS MATERIALIZED (SELECT ${nowSql(7)} AS now)
  INSERT INTO ${s}.jobs (call, id, event_id, provider, run_at, due_at)
  SELECT r.call, r.id, r.event_id, i.provider, n.now, CASE WHEN NOT i.is_behind THEN n.now END
  FROM r JOIN i ON i.call = r.call AND i.event_id = r.event_id CROSS JOIN n`;

/** An event on its way into the store, as JSON too. */
export interface Recording {
  readonly event: NewEvent;
  readonly json: string;
}

/** @throws CallStatusError `inbox_unavailable` if the event cannot be stored as JSON, or its ids as UTF-8 */
export function recordingOf(event: NewEvent): Recording {
  if (!isStorable(event.id) || !isStorable(event.callId) || !isStorable(event.tenant ?? '')) {
    throw new CallStatusError('inbox_unavailable', {
      hint: 'An id contains NUL or a lone surrogate, which PostgreSQL cannot store.',
    });
  }
  try {
    return { event, json: JSON.stringify(event) };
  } catch (cause) {
    throw new CallStatusError('inbox_unavailable', {}, { cause });
  }
}

/** Records events, and decides their transitions. */
export function recordOperation(s: string): Operation<Recording, Recorded> {
  const sql = {
    mark: feedMarkSql(s),
    newCalls: newCallsSql(s),
    known: knownSql(s),
    deleteEmpty: deleteEmptySql(s),
    updateCalls: updateCallsSql(s),
    insert: insertSql(s),
  };
  return {
    lock({ event: { provider, tenant = '', callId } }, { keys }) {
      keys.push({ provider, tenant, callId });
    },
    prepare(transaction, recordings) {
      transaction.send(sql.mark);
      const times = recordings.map(({ event }) => Date.parse(event.receivedAt));
      transaction.send(sql.newCalls, [...keyColumns(recordings), times]);
    },
    async run(transaction, recordings) {
      const rows = await transaction.send(sql.known, keyColumns(recordings));
      const group = new Decisions();
      const results = recordings.map((recording, at) => group.decide(recording, rows[at] as Row));
      if (group.empty.length > 0) transaction.send(sql.deleteEmpty, [group.empty]);
      if (group.inserted.length > 0) store(transaction, sql, group);
      return { results: Promise.resolve(results) };
    },
  };
}

function keyColumns(recordings: readonly Recording[]): unknown[][] {
  const events = recordings.map(({ event }) => event);
  const keys = events.map(({ provider, tenant = '', callId }) => ({ provider, tenant, callId }));
  return [...columnsOfKeys(keys), events.map(({ id }) => id)];
}

function store(
  transaction: GroupTransaction,
  sql: { readonly updateCalls: string; readonly insert: string },
  { calls, inserted }: Decisions,
): void {
  const rows = [...calls.values()].map(({ row }) => row as CallRow);
  transaction.send(sql.updateCalls, [[...calls.keys()], ...CALL_COLUMNS.map((name) => rows.map((row) => row[name]))]);
  transaction.send(sql.insert, [
    inserted.map(({ call }) => call),
    inserted.map(({ recording }) => recording.event.id),
    inserted.map(({ recording }) => recording.event.provider),
    inserted.map(({ transition }) => transition),
    inserted.map(({ recording }) => recording.json),
    inserted.map(({ isBehind }) => isBehind),
    transaction.now,
  ]);
  if (inserted.some(({ isBehind }) => !isBehind)) transaction.workIsDue();
}

/** A call of a group, as it is after the events decided so far. */
interface CallState {
  row: CallRow | undefined;
  isBusy: boolean;
  readonly eventIds: Set<string>;
}

interface Inserted {
  readonly call: number;
  readonly recording: Recording;
  readonly transition: Recorded['transition'];
  readonly isBehind: boolean;
}

/** Decides the transitions of a group, one event after the other. */
class Decisions {
  readonly calls: Map<number, CallState> = new Map();
  readonly inserted: Inserted[] = [];
  /** Calls that exist only because an event was removed in the same moment. */
  readonly empty: number[] = [];

  decide(recording: Recording, known: Row): Recorded {
    if (known['known']) return { transition: 'duplicate', done: !known['unfinished'] };
    const call: number | null = known['id'];
    if (known['removed']) {
      if (call !== null && known['event_count'] === 0) this.empty.push(call);
      return { transition: 'duplicate', done: true };
    }
    // Another process removed the call after it was found: the whole group begins again.
    if (call === null) throw Object.assign(new Error('The call was removed meanwhile.'), { code: '40001' });
    return this.#insert(call, recording, known);
  }

  #insert(call: number, recording: Recording, known: Row): Recorded {
    const { event } = recording;
    const state = this.calls.get(call) ?? stateOf(known);
    if (state.eventIds.has(event.id)) return { transition: 'duplicate', done: false };
    const transition = transitionOf(state.row?.status, event.status);
    this.inserted.push({ call, recording, transition, isBehind: state.isBusy });
    state.row = mergeColumns(state.row, columnsOf(event), transition);
    state.isBusy = true;
    state.eventIds.add(event.id);
    this.calls.set(call, state);
    return { transition, done: false };
  }
}

function stateOf(known: Row): CallState {
  // A new call has a row without events.
  const row = known['event_count'] === 0 ? undefined : (known as CallRow);
  return { row, isBusy: known['busy'], eventIds: new Set() };
}
