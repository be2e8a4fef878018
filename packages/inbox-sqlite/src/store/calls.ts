import { CALL_STATUSES, type Call, type CallStatus, type CallSummary, isTerminal } from '@call-status/core';
import { type CallQuery, foldCall, timeRange } from '@call-status/core/inbox';
import { type Database, prepare, type Row, type Sql, type Statement, type Statements } from '../database/engine.ts';
import { eventOf, isoOf, type Place, type StoredEvent } from './rows.ts';

/** How many events one step reads. */
const EVENT_ROWS = 100;

/** SQLite merges up to 500 ranges in one statement. */
const MOST_RANGES = 400;

const RANGE = 'first_event_at >= ? AND (first_event_at, id) < (?, ?)';
const NEWEST = 'ORDER BY first_event_at DESC, id DESC LIMIT ?';

export const CALL_SQL: Sql<'call' | 'events' | 'nextProvider' | 'list'> = {
  call: 'SELECT id, status, ended_at FROM calls WHERE call_id = ? AND provider = ? AND tenant = ?',
  events: `
    SELECT event_id, event, transition FROM recorded WHERE call = ? AND event_id > ? ORDER BY event_id LIMIT ${EVENT_ROWS}`,
  nextProvider: 'SELECT provider FROM calls WHERE provider > ? ORDER BY provider LIMIT 1',
  list: `SELECT * FROM calls WHERE ${RANGE} ${NEWEST}`,
};

/** One range for each provider and status. SQLite merges them, reading the rows that it returns and one more of each range. */
export function mergedSql(ranges: number): string {
  const range = `SELECT * FROM calls WHERE provider = ? AND status = ? AND ${RANGE}`;
  return `${Array.from({ length: ranges }, () => range).join(' UNION ALL ')} ${NEWEST}`;
}

/** Reads calls. */
export class StoredCalls {
  readonly #db: Database;
  readonly #statements: Statements<typeof CALL_SQL>;
  readonly #merged = new Map<number, Statement>();

  constructor(db: Database) {
    this.#db = db;
    this.#statements = prepare(db, CALL_SQL);
  }

  /** Reads some events of a call in each step. Returns `undefined` if there is no such call, or its events are gone. */
  *call(provider: string, callId: string, tenant: string): Generator<void, Call | undefined> {
    const call = this.#statements.call.get(callId, provider, tenant);
    if (call === undefined) return undefined;
    const events: StoredEvent[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const rows = this.#statements.events.all(call['id'], after);
      events.push(...(rows as unknown as StoredEvent[]));
      after = rows.length === EVENT_ROWS ? rows.at(-1)?.['event_id'] : undefined;
      if (after !== undefined) yield;
    }
    if (events.length === 0) return undefined;
    const endedAt = call['ended_at'];
    const end = endedAt === null ? undefined : { status: call['status'], at: isoOf(endedAt) };
    return foldCall(events.map(eventOf), end);
  }

  /** Newest first, starting after a place. */
  list(query: CallQuery, before: Place, limit: number): Row[] {
    const { provider } = query;
    const { sinceMs, untilMs } = timeRange(query);
    const statuses = statusesOf(query);
    const end = untilMs <= before.at ? { at: untilMs, row: 0 } : before;
    if (provider === undefined && statuses.length === CALL_STATUSES.length) {
      return this.#statements.list.all(sinceMs, end.at, end.row, limit);
    }
    const providers = provider === undefined ? this.#providers() : [provider];
    const ranges = providers.flatMap((name) =>
      statuses.map((status) => [name, status, sinceMs, end.at, end.row] as const),
    );
    const found: Row[] = [];
    for (let at = 0; at < ranges.length; at += MOST_RANGES) {
      const some = ranges.slice(at, at + MOST_RANGES);
      found.push(...this.#merge(some.length).all(...some.flat(), limit));
    }
    return ranges.length <= MOST_RANGES ? found : found.sort(newestFirst).slice(0, limit);
  }

  #merge(ranges: number): Statement {
    const known = this.#merged.get(ranges);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(mergedSql(ranges));
    this.#merged.set(ranges, statement);
    return statement;
  }

  #providers(): string[] {
    const { nextProvider } = this.#statements;
    const providers: string[] = [];
    for (let row = nextProvider.get(''); row !== undefined; row = nextProvider.get(row['provider'])) {
      providers.push(row['provider']);
    }
    return providers;
  }
}

/** The statuses that match a query. */
function statusesOf({ state, status }: CallQuery): readonly CallStatus[] {
  const wanted: readonly CallStatus[] = status === undefined ? CALL_STATUSES : [status].flat();
  return CALL_STATUSES.filter(
    (one) => wanted.includes(one) && (state === undefined || isTerminal(one) === (state === 'ended')),
  );
}

function newestFirst(a: Row, b: Row): number {
  return b['first_event_at'] - a['first_event_at'] || b['id'] - a['id'];
}

export function summaryOf(row: Row): CallSummary {
  const answeredAt = row['answered_at'] ?? row['in_progress_at'];
  return {
    provider: row['provider'],
    callId: row['call_id'],
    ...(row['tenant'] !== '' && { tenant: row['tenant'] }),
    status: row['status'],
    terminal: row['terminal'] === 1,
    ...(row['direction'] !== null && { direction: row['direction'] }),
    ...(row['from_number'] !== null && { from: row['from_number'] }),
    ...(row['to_number'] !== null && { to: row['to_number'] }),
    ...(row['answered'] !== null && { answered: row['answered'] === 1 }),
    ...(answeredAt !== null && { answeredAt: isoOf(answeredAt) }),
    ...(row['duration_seconds'] !== null && { durationSeconds: row['duration_seconds'] }),
    firstEventAt: isoOf(row['first_event_at']),
    lastEventAt: isoOf(row['last_event_at']),
    eventCount: row['event_count'],
  };
}
