import { CallStatusError } from '@call-status/core';
import {
  type CallRow,
  errorGroupOf,
  isStorable,
  type MovedCall,
  type MovedEvent,
  rowOfCall,
  storedText,
} from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import { feedMarkSql } from '../feed-mark.ts';
import { nowSql } from '../store.ts';
import type { Operation } from './operation.ts';
import { CALL_COLUMNS, columnsOf, KEY_COLUMNS, newCallsSql } from './record.ts';
import { schedule, scheduleSql } from './schedule.ts';

/** A call of another inbox on its way into the store. */
interface Import {
  readonly call: MovedCall;
  readonly row: CallRow;
  readonly json: readonly string[];
}

/** @throws CallStatusError `inbox_unavailable` if an id cannot be stored as UTF-8, or an event as JSON */
export function importOf(call: MovedCall): Import {
  const events = call.events.map(({ event }) => event);
  const ids = [call.callId, call.tenant ?? '', ...events.map(({ id }) => id)];
  if (!ids.every(isStorable)) {
    throw new CallStatusError('inbox_unavailable', {
      hint: 'An id contains NUL or a lone surrogate, which PostgreSQL cannot store.',
    });
  }
  const json = events.map(({ transition, ...event }) => JSON.stringify(event));
  return { call, row: rowOfCall(events, call.end), json };
}

export const endedBySql = (s: string): string => `UPDATE ${s}.calls SET ended_by = 'application' WHERE id = $1::bigint`;

/** Of an event without a job, `takes` is NULL. */
export const importSql = (s: string): string => `
  WITH i AS MATERIALIZED (
    SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::boolean[], $9::int[], $10::int[],
        $11::int[], $12::text[], $13::text[], $14::text[], $15::bigint[], $16::text[]) WITH ORDINALITY
      AS i(event_id, transition, event, trace, received_at, pause, suspect, takes, failures, interruptions, done_handlers, error,
        error_group, dead_at, handler, ord)),
  r AS (
    INSERT INTO ${s}.recorded (call, event_id, transition, event, trace, received_at)
    SELECT $1::bigint, event_id, transition, event, trace, received_at FROM i ORDER BY ord RETURNING id, event_id),
  n AS MATERIALIZED (SELECT ${nowSql(18)} AS now)
  INSERT INTO ${s}.jobs (call, id, event_id, provider, run_at, suspect, takes, failures, interruptions, done_handlers, error, error_group, dead_at, handler)
  SELECT $1::bigint, r.id, r.event_id, $17::text, n.now + i.pause, i.suspect, i.takes, i.failures, i.interruptions, i.done_handlers, i.error,
    i.error_group, i.dead_at, i.handler
  FROM r JOIN i ON i.event_id = r.event_id CROSS JOIN n WHERE i.takes IS NOT NULL`;

/** Adds a call of another inbox. `false` if the call is known. */
export function importOperation(s: string): Operation<Import, boolean, MadeCalls> {
  const [newCall, endedBy, insert] = [newCallsSql(s), endedBySql(s), importSql(s)];
  const [mark, scheduling] = [feedMarkSql(s), scheduleSql(s)];
  return {
    // Events of the call that were asked for earlier or later must not be in the same transaction.
    runsAlone: 'transaction',
    lengthOf: ({ json }) => json.reduce((sum, { length }) => sum + length, 0),
    prepare(transaction, imports) {
      void transaction.send(mark);
      const make = ({ row }: Import): Promise<Row[]> =>
        transaction.send(newCall, [...columnsOf(KEY_COLUMNS, [row]), ...columnsOf(CALL_COLUMNS, [row])]);
      return new Map(imports.map((one) => [one, make(one)]));
    },
    async run(transaction, [one], made) {
      const { call, json } = one as Import;
      const [added] = (await made.get(one as Import)) as Row[];
      if (added === undefined) return { results: Promise.resolve([false]) };
      const id = added['id'];
      if (call.end !== undefined) void transaction.send(endedBy, [id]);
      void transaction.send(insert, [id, ...columnsOfEvents(call.events, json), call.provider, transaction.now]);
      schedule(transaction, scheduling, [id]);
      return { results: Promise.resolve([true]) };
    },
  };
}

/** The rows of the calls that were new. */
type MadeCalls = ReadonlyMap<Import, Promise<Row[]>>;

/** @param json of each event */
export function columnsOfEvents(events: readonly MovedEvent[], json: readonly string[]): unknown[][] {
  const jobs = events.map(jobOf);
  return [
    events.map(({ event }) => event.id),
    events.map(({ event }) => event.transition),
    [...json],
    events.map(({ trace }) => trace ?? null),
    events.map(({ event }) => Date.parse(event.receivedAt)),
    jobs.map(({ pause }) => pause),
    jobs.map(({ suspect }) => suspect),
    jobs.map(({ takes }) => takes),
    jobs.map(({ failures }) => failures),
    jobs.map(({ interruptions }) => interruptions),
    jobs.map(({ doneHandlers }) => JSON.stringify(doneHandlers)),
    jobs.map(({ error }) => storedText(error, LONGEST_ERROR)),
    jobs.map(({ errorGroup }) => errorGroup),
    jobs.map(({ deadAt }) => deadAt),
    jobs.map(({ handler }) => handler),
  ];
}

const LONGEST_ERROR = 4096;

const HANDLED = {
  pause: 0,
  suspect: false,
  takes: null,
  failures: 0,
  interruptions: 0,
  doneHandlers: [],
  error: null,
  errorGroup: null,
  deadAt: null,
  handler: null,
};

/** What its row in `jobs` has. */
function jobOf({ job, deadLetter }: MovedEvent): { readonly [Name in keyof typeof HANDLED]: unknown } {
  if (job !== undefined) {
    const { retryInMs = 0, ...rest } = job;
    return { ...HANDLED, ...rest, pause: Math.ceil(retryInMs) };
  }
  if (deadLetter === undefined) return HANDLED;
  const { attempts: failures, deadAt, ...rest } = deadLetter;
  return { ...HANDLED, ...rest, failures, deadAt: Date.parse(deadAt), errorGroup: errorGroupOf(rest.error) };
}
