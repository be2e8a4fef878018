import type { CallRow, Recorded } from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import { feedMarkSql } from '../feed-mark.ts';
import { nowSql } from '../store.ts';
import { type Decided, Decisions, type Draft, draftsOf, keyOf, type Recording } from './decisions.ts';
import { IS_CALL } from './group.ts';
import { KnownCalls } from './known-calls.ts';
import type { GroupTransaction, Operation } from './operation.ts';

/** The columns of a call that an event may change, with their types. */
const COLUMNS: { readonly [Name in keyof CallRow]?: string } = {
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
};

export const CALL_COLUMNS: readonly (keyof CallRow)[] = Object.keys(COLUMNS) as (keyof CallRow)[];

function parametersFrom(first: number): string {
  return CALL_COLUMNS.map((name, at) => `$${first + at}::${COLUMNS[name]}[]`).join();
}

/** What identifies a new call, and when its first event was received. */
export const KEY_COLUMNS = ['provider', 'tenant', 'call_id', 'first_event_at'] as const;

/** Makes the rows of calls that are new, as they are after all events of the group. Of those that exist, nothing is changed. */
export const newCallsSql = (s: string): string => `
  INSERT INTO ${s}.calls (provider, tenant, call_id, first_event_at, ${CALL_COLUMNS.join()}, retained_from)
  SELECT i.*, CASE WHEN i.terminal THEN i.last_event_at END
  FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], ${parametersFrom(5)})
    AS i(provider, tenant, call_id, first_event_at, ${CALL_COLUMNS.join()})
  ORDER BY provider, tenant, call_id
  ON CONFLICT DO NOTHING RETURNING id`;

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
  LEFT JOIN LATERAL (SELECT 1 AS x FROM ${s}.tombstones t WHERE t.hash = sha256(convert_to(i.event_id, 'UTF8')) LIMIT 1) t ON true
  ORDER BY i.ord`;

/** Calls that were made for events that are all duplicates of removed ones. */
export const deleteEmptySql = (s: string): string => `DELETE FROM ${s}.calls WHERE id = ANY($1::bigint[])`;

export const updateCallsSql = (s: string): string => `
  UPDATE ${s}.calls c
  SET ${CALL_COLUMNS.map((name) => `${name} = i.${name}`).join()}, retained_from = CASE WHEN i.terminal THEN i.last_event_at END
  FROM unnest($1::bigint[], ${parametersFrom(2)}) AS i(id, ${CALL_COLUMNS.join()})
  WHERE c.id = i.id`;

/** Between the events in one text. In an array, each quote and backslash would cost both sides a lot; JSON contains no control characters. */
const SEPARATOR = 0x1e;

/** The number of an event is its place in the order of recording, and of its call. */
export const insertSql = (s: string): string => `
  WITH i AS MATERIALIZED (
    SELECT * FROM unnest(
      $1::bigint[], $2::text[], $3::text[], $4::text[], string_to_array($5::text, chr(${SEPARATOR})), $6::boolean[], $8::text[],
      $9::bigint[]) WITH ORDINALITY
      AS i(call, event_id, provider, transition, event, is_behind, trace, received_at, ord)),
  r AS (
    INSERT INTO ${s}.recorded (call, event_id, transition, event, trace, received_at)
    SELECT call, event_id, transition, event, trace, received_at FROM i ORDER BY ord RETURNING id, call, event_id),
  n AS MATERIALIZED (SELECT ${nowSql(7)} AS now)
  INSERT INTO ${s}.jobs (call, id, event_id, provider, run_at, due_at)
  SELECT r.call, r.id, r.event_id, i.provider, n.now, CASE WHEN NOT i.is_behind THEN n.now END
  FROM r JOIN i ON i.call = r.call AND i.event_id = r.event_id CROSS JOIN n`;

/** Records events, and decides their transitions. */
export function recordOperation(s: string): Operation<Recording, Recorded, Prepared> {
  const sql = {
    mark: feedMarkSql(s),
    newCalls: newCallsSql(s),
    known: knownSql(s),
    deleteEmpty: deleteEmptySql(s),
    updateCalls: updateCallsSql(s),
    insert: insertSql(s),
  };
  const knownCalls = new KnownCalls();
  return {
    lengthOf: ({ json }) => json.length,
    lock({ columns: { provider, tenant, call_id: callId } }, { keys }) {
      keys.push({ provider, tenant, callId });
    },
    prepare(transaction, recordings) {
      void transaction.send(sql.mark);
      const drafts = draftsOf(recordings.filter(({ columns }) => !knownCalls.has(keyOf(columns))));
      if (drafts.size === 0) return { drafts, made: Promise.resolve(new Set()) };
      const rows = [...drafts.values()].map(({ row }) => row);
      const sent = transaction.send(sql.newCalls, [...columnsOf(KEY_COLUMNS, rows), ...columnsOf(CALL_COLUMNS, rows)]);
      const made = sent.then((found) => new Set(found.map(({ id }) => id as number)));
      made.catch(() => {});
      return { drafts, made };
    },
    async run(transaction, recordings, { drafts, made }) {
      const known = transaction.send(sql.known, keyColumns(recordings));
      const decisions = new Decisions(drafts, await made, await transaction.locked);
      const rows = await known;
      remember(knownCalls, recordings, rows);
      const results = recordings.map((recording, at) => decisions.decide(recording, rows[at] as Row));
      if (decisions.empty.length > 0) void transaction.send(sql.deleteEmpty, [decisions.empty]);
      update(transaction, sql.updateCalls, decisions.changed());
      insert(transaction, sql.insert, decisions.events);
      return { results: Promise.resolve(results) };
    },
  };
}

/** If a call that was known has no row any more, the group begins again, and makes it. */
function remember(calls: KnownCalls, recordings: readonly Recording[], rows: readonly Row[]): void {
  if (rows.some(({ id, removed }) => id === null && !removed)) {
    calls.clear();
    return;
  }
  for (const [at, { columns }] of recordings.entries()) {
    // The row of a call is removed again if all that was recorded of it has been removed.
    if (!rows[at]?.['removed']) calls.add(keyOf(columns));
  }
}

/** What is sent before the lock, for all events of a group. */
interface Prepared {
  /** The calls as they are if they are new, by key. */
  readonly drafts: ReadonlyMap<string, Draft>;
  /** Those that are. */
  readonly made: Promise<Set<number>>;
}

function update(transaction: GroupTransaction, sql: string, calls: readonly (readonly [number, CallRow])[]): void {
  if (calls.length === 0) return;
  const rows = calls.map(([, row]) => row);
  void transaction.send(sql, [calls.map(([id]) => id), ...columnsOf(CALL_COLUMNS, rows)]);
}

function insert(transaction: GroupTransaction, sql: string, events: readonly Decided[]): void {
  if (events.length === 0) return;
  void transaction.send(sql, [
    events.map(({ call }) => call),
    events.map(({ recording }) => recording.columns.event_id),
    events.map(({ recording }) => recording.columns.provider),
    events.map(({ transition }) => transition),
    events.map(({ recording }) => recording.json).join(String.fromCharCode(SEPARATOR)),
    events.map(({ isBehind }) => isBehind),
    transaction.now,
    events.map(({ recording }) => recording.trace ?? null),
    events.map(({ recording }) => recording.columns.received_at),
  ]);
  if (events.some(({ isBehind }) => !isBehind)) transaction.workIsDue();
}

function keyColumns(recordings: readonly Recording[]): unknown[][] {
  const columns = recordings.map((recording) => recording.columns);
  return [
    columns.map(({ provider }) => provider),
    columns.map(({ tenant }) => tenant),
    columns.map(({ call_id: callId }) => callId),
    columns.map(({ event_id: eventId }) => eventId),
  ];
}

export function columnsOf(names: readonly (keyof CallRow)[], rows: readonly CallRow[]): unknown[][] {
  return names.map((name) => rows.map((row) => row[name]));
}
