import type { Call } from '@call-status/core';
import { eventOf, foldCall, isoOf, type StoredEvent } from '@call-status/core/inbox';
import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';
import { callKey, OF_CALL } from '../database/schema/call-key.ts';
import { eventsOfCall } from '../database/schema/events-of-call.ts';

/** How many events one step reads. */
const EVENT_ROWS = 100;

export const CALL_SQL: Sql<'call' | 'events'> = {
  call: `SELECT id, status, ended_at, ended_by FROM calls WHERE ${OF_CALL}`,
  events: eventsOfCall('event, transition', '', EVENT_ROWS),
};

/** The place before all events of a call. */
export const FIRST: Row = { ending: '', id: 0 };

/** Reads single calls. */
export class StoredCalls {
  readonly #statements: Statements<typeof CALL_SQL>;

  constructor(db: Database) {
    this.#statements = prepare(db, CALL_SQL);
  }

  /** Reads some events of a call in each step. Returns `undefined` if there is no such call, or its events are gone. */
  *call(provider: string, callId: string, tenant: string): Generator<void, Call | undefined> {
    const call = this.#statements.call.get(...callKey(provider, tenant, callId));
    if (call === undefined) return undefined;
    const events: StoredEvent[] = [];
    for (let last: Row | undefined = FIRST; last !== undefined; ) {
      const rows = this.#statements.events.all(call['id'], last['ending'], last['id']);
      events.push(...(rows as unknown as StoredEvent[]));
      last = rows.length === EVENT_ROWS ? rows.at(-1) : undefined;
      if (last !== undefined) yield;
    }
    if (events.length === 0) return undefined;
    const end = call['ended_by'] === null ? undefined : { status: call['status'], at: isoOf(call['ended_at']) };
    return foldCall(events.map(eventOf), end);
  }
}
