import type { StoredEvent, TakeRequest } from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';
import type { NewLease } from './flights.ts';
import type { TakenRow, TakenRows } from './rows.ts';
import { DUE, RETRYING, RUNNING } from './totals.ts';
import type { Transaction } from './transaction.ts';

/** How many ended leases and pauses one `take` updates. */
const RIPE_ROWS = 1000;

export const JOB_SQL: Sql<'look' | 'ripe' | 'ripen' | 'nextProvider' | 'due' | 'lease' | 'event' | 'farAhead'> = {
  look: `
    SELECT
      (SELECT wakes_at FROM jobs WHERE wakes_at > 0 ORDER BY wakes_at LIMIT 1) AS wakes_at,
      EXISTS (SELECT 1 FROM jobs WHERE state = 1 AND suspect = 0) AS due,
      EXISTS (SELECT 1 FROM jobs WHERE state = 1 AND suspect = 1) AS suspects`,
  ripe: `SELECT call, id, state, wakes_at, begun_ms FROM jobs WHERE wakes_at <= ? ORDER BY wakes_at LIMIT ${RIPE_ROWS}`,
  ripen:
    'UPDATE jobs SET state = ?, suspect = suspect OR ?, due_since = ?, wakes_at = ?, span_ms = ? WHERE call = ? AND id = ?',
  nextProvider: `
    SELECT provider FROM jobs WHERE state = 1 AND suspect = ? AND provider > ? ORDER BY provider LIMIT 1`,
  due: `
    SELECT call, id, event_id, provider, due_since, failures, interruptions, suspect, takes, begun_ms, done_handlers
    FROM jobs WHERE state = 1 AND suspect = ? AND provider = ? ORDER BY due_since, id LIMIT ?`,
  lease: `
    UPDATE jobs SET state = 3, due_since = NULL, owner = ?, token = ?, wakes_at = ?, span_ms = ?, takes = takes + 1,
      interruptions = ?, begun_ms = NULL
    WHERE call = ? AND id = ?`,
  event: 'SELECT event, transition, trace FROM recorded WHERE id = ?',
  farAhead: `
    UPDATE jobs SET wakes_at = ?1 + CASE state WHEN 3 THEN span_ms ELSE 0 END
    WHERE wakes_at > ?1 AND wakes_at > ?1 + span_ms`,
};

/** The handlers that are done before the first attempt, as JSON. */
const NOTHING_DONE = '[]';

/** How many more events of each provider may be taken. */
class Room {
  readonly #limits: Readonly<Record<string, number>>;
  readonly #taken = new Map<string, number>();

  constructor(limits: Readonly<Record<string, number>>) {
    this.#limits = limits;
  }

  of(provider: string): number {
    if (!Object.hasOwn(this.#limits, provider)) return Number.POSITIVE_INFINITY;
    return (this.#limits[provider] as number) - (this.#taken.get(provider) ?? 0);
  }

  take(provider: string): void {
    this.#taken.set(provider, (this.#taken.get(provider) ?? 0) + 1);
  }
}

/** A selection of due jobs. */
interface Chosen {
  readonly rows: readonly Row[];
  /** Whether more are due. */
  readonly isMore: boolean;
}

const NOTHING: Chosen = { rows: [], isMore: false };

/** Hands out jobs. */
export class JobQueue {
  readonly #transaction: Transaction;
  readonly #statements: Statements<typeof JOB_SQL>;

  constructor(db: Database, transaction: Transaction) {
    this.#transaction = transaction;
    this.#statements = prepare(db, JOB_SQL);
  }

  take({ limit, owner, limits = {}, suspect = false, ...request }: TakeRequest, now: Now): TakenRows {
    const transaction = this.#transaction;
    const leaseMs = Math.ceil(request.leaseMs);
    const until = now.steady + leaseMs;
    const room = new Room(limits);
    const wanted = suspect ? Math.min(limit, 1) : limit;
    const look = this.#look(now);
    const landsAt = transaction.flights.wakesAt();
    const isAny = look[suspect ? 'suspects' : 'due'] === 1;
    const { rows, isMore } = isAny ? this.#choose(suspect, wanted, room) : NOTHING;
    const jobs = rows.map((row) => this.#lease(row, owner, until, leaseMs));
    if (!suspect) jobs.push(...this.#takeNewJobs(wanted - jobs.length, room, { owner, until, leaseMs }));

    const more = transaction.newJobs.length > 0 || (suspect ? look['due'] === 1 : isMore);
    const suspects = suspect ? isMore : look['suspects'] === 1;
    if (!more && !suspects) transaction.isWorkDue = false;
    const wakesAt = Math.min(
      look['wakes_at'] ?? Number.POSITIVE_INFINITY,
      landsAt,
      jobs.length > 0 ? until : Number.POSITIVE_INFINITY,
    );
    const nextInMs = Number.isFinite(wakesAt) ? Math.max(0, wakesAt - now.steady) : undefined;
    return { jobs, nextInMs, suspects, more };
  }

  /** Events recorded in this transaction are leased without being stored as due first. */
  #takeNewJobs(limit: number, room: Room, lease: NewLease): TakenRow[] {
    const transaction = this.#transaction;
    const taken: TakenRow[] = [];
    transaction.newJobs = transaction.newJobs.filter((job) => {
      if (taken.length >= limit || room.of(job.provider) <= 0) return true;
      room.take(job.provider);
      const token = transaction.leaseNewJob(job, lease);
      const { event, transition, trace } = this.#eventOf(job.row);
      taken.push([job.eventId, token, 0, 0, false, 1, NOTHING_DONE, event, transition, trace]);
      return false;
    });
    return taken;
  }

  /** What there is, after the passing of time has been applied. */
  #look(now: Now): Row {
    const { flights } = this.#transaction;
    if (flights.wakesAt() <= now.steady) flights.landEnded(now.steady);
    const { look } = this.#statements;
    const found = look.get() as Row;
    if (found['wakes_at'] === null || found['wakes_at'] > now.steady) return found;
    this.#ripen(now);
    return look.get() as Row;
  }

  /**
   * A job whose pause is over is due. A job whose lease ended without a result is suspect, and pauses first if its handlers had begun. That
   * counts as an interruption only when another worker takes the job, since a late result may still arrive.
   */
  #ripen({ steady }: Now): void {
    const { ripe, ripen } = this.#statements;
    for (const { call, id, state, wakes_at: wakesAt, begun_ms: begun } of ripe.all(steady)) {
      const isEnded = state === RUNNING;
      const dueAt = isEnded ? wakesAt + (begun ?? 0) : wakesAt;
      const isDue = dueAt <= steady;
      ripen.run(
        isDue ? DUE : RETRYING,
        Number(isEnded),
        isDue ? dueAt : null,
        isDue ? null : dueAt,
        begun ?? 0,
        call,
        id,
      );
      this.#transaction.totals.move(state, isDue ? DUE : RETRYING);
      this.#transaction.isWorkDue = true;
    }
  }

  /** The jobs that have been due for longest. Each provider has its own range in the index. */
  #choose(suspect: boolean, wanted: number, room: Room): Chosen {
    const { nextProvider, due } = this.#statements;
    const found: Row[] = [];
    let isMore = false;
    for (let next = nextProvider.get(Number(suspect), ''); next !== undefined; ) {
      const provider = next['provider'];
      const limit = Math.max(0, Math.min(wanted, room.of(provider)));
      const rows = due.all(Number(suspect), provider, limit + 1);
      isMore ||= rows.length > limit;
      found.push(...rows.slice(0, limit));
      next = nextProvider.get(Number(suspect), provider);
    }
    const rows = found.sort(byTime).slice(0, wanted);
    for (const { provider } of rows) room.take(provider);
    return { rows, isMore: isMore || found.length > wanted };
  }

  #lease(row: Row, owner: string, until: number, leaseMs: number): TakenRow {
    const { call, id, event_id: eventId, failures, suspect, takes, done_handlers: doneHandlers } = row;
    const token = this.#transaction.newToken(call, id);
    const interruptions = row['interruptions'] + Number(row['begun_ms'] !== null);
    this.#statements.lease.run(owner, token, until, leaseMs, interruptions, call, id);
    this.#transaction.totals.move(DUE, RUNNING);
    const { event, transition, trace } = this.#eventOf(id);
    return [eventId, token, failures, interruptions, suspect === 1, takes + 1, doneHandlers, event, transition, trace];
  }

  #eventOf(row: number): TracedEvent {
    return this.#statements.event.get(row) as unknown as TracedEvent;
  }

  /** A time further ahead than its span was set by another clock: such pauses end now, and such leases start over. */
  limitSpans({ steady }: Now): void {
    this.#transaction.flights.landFarAhead(steady);
    this.#statements.farAhead.run(steady);
  }
}

interface TracedEvent extends StoredEvent {
  readonly trace: string | null;
}

function byTime(a: Row, b: Row): number {
  return a['due_since'] - b['due_since'] || a['id'] - b['id'];
}
