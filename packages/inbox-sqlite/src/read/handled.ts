import type { EventKey } from '@call-status/core/inbox';
import { type Database, prepare, type Sql, type Statements } from '../database/engine.ts';
import { callKey, OF_CALL } from '../database/schema/call-key.ts';
import { HAS_ID } from '../database/schema/events-of-call.ts';
import { hashOf } from '../store/erase.ts';
import type { Flights } from '../store/flights.ts';

export const HANDLED_SQL: Sql<'event' | 'tombstone'> = {
  event: `
    SELECT recorded.id AS id, EXISTS (SELECT 1 FROM jobs WHERE call = calls.id AND id = recorded.id AND state < 4) AS unfinished
    FROM calls CROSS JOIN recorded ON recorded.call = calls.id AND ${HAS_ID}
    WHERE ${OF_CALL}`,
  tombstone: 'SELECT 1 FROM tombstones WHERE hash = ?',
};

/** Tells which events need no more work. */
export class HandledEvents {
  readonly #flights: Flights;
  readonly #statements: Statements<typeof HANDLED_SQL>;

  constructor(db: Database, flights: Flights) {
    this.#flights = flights;
    this.#statements = prepare(db, HANDLED_SQL);
  }

  /** The ids of those that are handled, dead letters, or removed. */
  among(events: readonly EventKey[]): string[] {
    const flying = new Set(this.#flights.read().map(([, row]) => row));
    const { event, tombstone } = this.#statements;
    const done = events.filter(({ provider, tenant = '', callId, id }) => {
      const row = event.get(id, ...callKey(provider, tenant, callId));
      if (row === undefined) return tombstone.get(hashOf(id)) !== undefined;
      return row['unfinished'] === 0 && !flying.has(row['id']);
    });
    return done.map(({ id }) => id);
  }
}
