import { eventOf, isoOf, type MovedCall, type MovedEvent, type StoredEvent } from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';
import { callKey } from '../database/schema/call-key.ts';
import { eventsOfCall } from '../database/schema/events-of-call.ts';
import type { Flight, Flights } from '../store/flights.ts';
import { DEAD, RUNNING } from '../store/totals.ts';
import { CALL_SQL, FIRST } from './calls.ts';

/** How many events one step reads. */
const EVENT_ROWS = 100;

export const EXPORT_SQL: Sql<'call' | 'events'> = {
  call: CALL_SQL.call,
  events: eventsOfCall(
    `event, transition, trace, state, suspect, token, begun_ms, wakes_at, not_before, takes, failures, interruptions, done_handlers, error,
      handler, dead_at`,
    'LEFT JOIN jobs ON jobs.call = recorded.call AND jobs.id = recorded.id',
    EVENT_ROWS,
  ),
};

/** Reads calls with all that is known about them. */
export class ExportedCalls {
  readonly #flights: Flights;
  readonly #statements: Statements<typeof EXPORT_SQL>;

  constructor(db: Database, flights: Flights) {
    this.#flights = flights;
    this.#statements = prepare(db, EXPORT_SQL);
  }

  /** Reads some events of a call in each step. Returns `undefined` if there is no such call. */
  *call(provider: string, callId: string, tenant: string, now: Now): Generator<void, MovedCall | undefined> {
    const call = this.#statements.call.get(...callKey(provider, tenant, callId));
    if (call === undefined) return undefined;
    const flight = this.#flights.read().find(([id]) => id === call['id']);
    const rows: Row[] = [];
    for (let last: Row | undefined = FIRST; last !== undefined; ) {
      const some = this.#statements.events.all(call['id'], last['ending'], last['id']);
      rows.push(...some);
      last = some.length === EVENT_ROWS ? some.at(-1) : undefined;
      if (last !== undefined) yield;
    }
    const events = rows.sort((a, b) => a['id'] - b['id']).map((row) => movedEvent(row, flight, now));
    const end = call['ended_by'] === null ? undefined : { status: call['status'], at: isoOf(call['ended_at']) };
    return { provider, ...(tenant !== '' && { tenant }), callId, ...(end && { end }), events };
  }
}

function movedEvent(row: Row, flight: Flight | undefined, { steady }: Now): MovedEvent {
  const { trace } = row;
  const recorded = { event: eventOf(row as unknown as StoredEvent), ...(trace !== null && { trace }) };
  if (flight !== undefined && flight[1] === row['id'])
    return { ...recorded, job: { ...IN_FLIGHT, ...pause(flight[3] - steady) } };
  const { state, takes, error } = row;
  if (state === null) return recorded;
  const doneHandlers: string[] = JSON.parse(row['done_handlers']);
  if (state === DEAD) {
    const { failures: attempts, handler, dead_at: deadAt } = row;
    const threw = handler !== null && { handler };
    return { ...recorded, deadLetter: { attempts, takes, error, ...threw, deadAt: isoOf(deadAt), doneHandlers } };
  }
  // A take without a result may still have one, which comes too late now.
  const isTaken = row['token'] !== null;
  const begun: number | null = row['begun_ms'];
  const dueAt = (row['wakes_at'] ?? row['not_before']) + (state === RUNNING ? (begun ?? 0) : 0);
  const job = {
    failures: row['failures'],
    interruptions: row['interruptions'] + Number(begun !== null),
    suspect: isTaken || row['suspect'] === 1,
    takes,
    doneHandlers,
    ...(error !== null && { error }),
    ...pause(dueAt - steady),
  };
  return { ...recorded, job };
}

/** Of a job that was taken when its event was recorded. */
const IN_FLIGHT = { failures: 0, interruptions: 0, suspect: true, takes: 1, doneHandlers: [] };

function pause(ms: number): { readonly retryInMs?: number } {
  return ms > 0 ? { retryInMs: ms } : {};
}
