import { type InboxCounts, type InboxHealth, isoOf, type ProviderHealth } from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';
import type { Flights } from '../store/flights.ts';
import { RETRYING, RUNNING } from '../store/totals.ts';
import type { StoredWorkers } from '../store/workers.ts';
import type { WatchedCalls } from './watches.ts';

/** How many just ended leases and pauses are counted; the next `take` updates the rest. */
const MOST_ENDED = 1000;

/** A live call without an event for so long is silent. */
const SILENT_MS = 600_000;

const DAY_MS = 86_400_000;

/** Of each provider, so many of the calls that began first are examined: calls whose end is never reported are among them. */
const MOST_SILENT = 1000;

export const HEALTH_SQL: Sql<
  'totals' | 'endedSpans' | 'nextDueProvider' | 'oldestDue' | 'nextRetry' | 'providers' | 'silent' | 'refused'
> = {
  totals: `
    SELECT live, ended, blocked, due, retrying, running, dead, refused, uncounted FROM inbox WHERE id = 1`,
  endedSpans: `SELECT state, wakes_at, begun_ms FROM jobs WHERE wakes_at <= ? ORDER BY wakes_at LIMIT ${MOST_ENDED}`,
  nextDueProvider: `
    SELECT provider FROM jobs WHERE state = 1 AND suspect = ? AND provider > ? ORDER BY provider LIMIT 1`,
  oldestDue: 'SELECT due_since FROM jobs WHERE state = 1 AND suspect = ? AND provider = ? ORDER BY due_since LIMIT 1',
  nextRetry: `SELECT wakes_at FROM jobs WHERE wakes_at > ? AND state = ${RETRYING} ORDER BY wakes_at LIMIT 1`,
  providers: `SELECT provider, live FROM providers WHERE provider > '' AND live > 0 ORDER BY provider`,
  silent: `
    WITH oldest AS (
      SELECT last_event_at FROM calls INDEXED BY calls_live
      WHERE terminal = 0 AND provider = ?1 AND first_event_at <= ?2 ORDER BY first_event_at LIMIT ${MOST_SILENT})
    SELECT count(*) AS count FROM oldest WHERE last_event_at <= ?2`,
  refused: 'SELECT coalesce(sum(count), 0) AS count FROM refusals WHERE last_at >= ?',
};

/** The jobs by what they wait for. */
interface Jobs {
  due: number;
  retrying: number;
  running: number;
  /** Since when the first of those has been due that a `take` would find to be due. */
  dueSince: number;
  /** When the first of those is due that a `take` would find to wait. */
  retryAt: number;
}

/** What else health shows. */
interface Others {
  readonly workers: StoredWorkers;
  readonly watches: WatchedCalls;
}

/** Tells how many calls and jobs there are. */
export class StoredHealth {
  readonly #statements: Statements<typeof HEALTH_SQL>;
  readonly #flights: Flights;
  readonly #others: Others;

  constructor(db: Database, flights: Flights, others: Others) {
    this.#statements = prepare(db, HEALTH_SQL);
    this.#flights = flights;
    this.#others = others;
  }

  counts(now: Now): InboxCounts {
    const totals = this.#statements.totals.get() as Row;
    const { due, retrying, running } = this.#jobs(totals, now);
    const waiting = totals['blocked'] + due + retrying;
    return { live: totals['live'], ended: totals['ended'], waiting, running, dead: totals['dead'] };
  }

  health(now: Now): Omit<InboxHealth, 'store'> {
    const totals = this.#statements.totals.get() as Row;
    const { due, retrying, running, dueSince, retryAt } = this.#jobs(totals, now);
    const oldest = Math.min(dueSince, this.#oldestDue(0), this.#oldestDue(1));
    const lagMs = due === 0 ? 0 : Math.max(0, Math.min(now.steady - oldest, now.steady));
    const nextRetry = Math.min(retryAt, this.#statements.nextRetry.get(now.steady)?.['wakes_at'] ?? retryAt);
    const isoIn = (ms: number) => isoOf(now.wall + ms);
    const providers = this.#providers(now);
    return {
      due,
      ...(due > 0 && { oldestDueAt: isoIn(-lagMs) }),
      lagMs,
      retrying,
      ...(Number.isFinite(nextRetry) && { nextRetryAt: isoIn(nextRetry - now.steady) }),
      blocked: totals['blocked'],
      running,
      dead: totals['dead'],
      live: totals['live'],
      silent: Math.min(
        MOST_SILENT,
        providers.reduce((sum, { silent }) => sum + silent, 0),
      ),
      providers,
      refused: {
        kept: totals['refused'],
        lastDay: this.#refusedSince(now.wall - DAY_MS),
        uncounted: totals['uncounted'],
      },
      watches: this.#others.watches.health(),
      workers: this.#others.workers.list(now),
    };
  }

  /** The stored totals, corrected for leases and pauses that have ended since. */
  #jobs({ due, retrying, running }: Row, { steady }: Now): Jobs {
    const jobs: Jobs = {
      due,
      retrying,
      running,
      dueSince: Number.POSITIVE_INFINITY,
      retryAt: Number.POSITIVE_INFINITY,
    };
    const ended = this.#statements.endedSpans.all(steady);
    // Read last: a job that moves to `jobs` between the two is not counted twice.
    for (const [, , , until] of this.#flights.read()) {
      if (until <= steady) ended.push({ state: RUNNING, wakes_at: until, begun_ms: null });
    }
    for (const { state, wakes_at: wakesAt, begun_ms: begun } of ended) {
      jobs[state === RUNNING ? 'running' : 'retrying']--;
      const dueAt = state === RUNNING ? wakesAt + (begun ?? 0) : wakesAt;
      if (dueAt > steady) {
        jobs.retrying++;
        jobs.retryAt = Math.min(jobs.retryAt, dueAt);
      } else {
        jobs.due++;
        jobs.dueSince = Math.min(jobs.dueSince, dueAt);
      }
    }
    return jobs;
  }

  /** Over all providers: each has its own range in the index. */
  #oldestDue(suspect: 0 | 1): number {
    const { nextDueProvider, oldestDue } = this.#statements;
    let oldest = Number.POSITIVE_INFINITY;
    for (let row = nextDueProvider.get(suspect, ''); row !== undefined; ) {
      const provider = row['provider'];
      oldest = Math.min(oldest, oldestDue.get(suspect, provider)?.['due_since']);
      row = nextDueProvider.get(suspect, provider);
    }
    return oldest;
  }

  #refusedSince(ms: number): number {
    return this.#statements.refused.get(ms)?.['count'];
  }

  #providers({ wall }: Now): ProviderHealth[] {
    return this.#statements.providers.all().map(({ provider, live }) => ({
      provider,
      live,
      silent: this.#statements.silent.get(provider, wall - SILENT_MS)?.['count'],
    }));
  }
}
