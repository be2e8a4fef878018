import type { Place } from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';
import { DUPLICATES_FOR_MS, type Eraser, STEP_ROWS } from './erase.ts';
import type { Settings } from './settings.ts';
import type { Transaction } from './transaction.ts';
import type { StoredWatches } from './watches.ts';

/** A live call is removed after so many times the retention without an event: its end was never reported. */
const SILENCE = 7;

const OLD = `
  SELECT id, provider, tenant, call_id, first_event_at, last_event_at, terminal, EXISTS (SELECT 1 FROM jobs WHERE call = calls.id) AS has_jobs
  FROM calls`;

export const SWEEP_SQL: Sql<'oldEnded' | 'oldLive' | 'nextProvider' | 'oldTombstones'> = {
  oldEnded: `${OLD} WHERE terminal = 1 AND (first_event_at, id) > (?, ?) AND first_event_at < ? ORDER BY first_event_at, id LIMIT ${STEP_ROWS}`,
  oldLive: `
    ${OLD} WHERE terminal = 0 AND provider = ? AND (first_event_at, id) > (?, ?) AND first_event_at < ? ORDER BY first_event_at, id LIMIT ${STEP_ROWS}`,
  nextProvider: 'SELECT provider FROM providers WHERE provider > ? ORDER BY provider LIMIT 1',
  oldTombstones: `
    DELETE FROM tombstones WHERE hash IN (SELECT hash FROM tombstones WHERE until <= ? ORDER BY until LIMIT ${STEP_ROWS})`,
};

/** Where the next step of a sweep continues: ended calls first, then the live ones of each provider, then watches. */
export interface SweepPlace extends Place {
  /** `undefined`: ended calls; `null`: watches. */
  readonly provider: string | null | undefined;
}

/** What decides what is removed, and what is removed besides calls. */
interface Parts {
  readonly settings: Settings;
  readonly watches: StoredWatches;
}

/** Removes calls older than the retention, and watches of calls that were never recorded. */
export class Sweeper {
  readonly #transaction: Transaction;
  readonly #eraser: Eraser;
  readonly #settings: Settings;
  readonly #watches: StoredWatches;
  readonly #statements: Statements<typeof SWEEP_SQL>;

  constructor(db: Database, transaction: Transaction, eraser: Eraser, { settings, watches }: Parts) {
    this.#transaction = transaction;
    this.#eraser = eraser;
    this.#settings = settings;
    this.#watches = watches;
    this.#statements = prepare(db, SWEEP_SQL);
  }

  /**
   * Examines some calls older than the retention and removes them, except those with unfinished jobs or dead letters.
   *
   * @param place where the previous step ended, so that calls that stay are examined once and not in every step
   * @returns where the next step begins, or `undefined` at the end
   */
  step(place: SweepPlace, now: Now): SweepPlace | undefined {
    if (!this.#settings.isTimeRight(now)) return undefined;
    this.#transaction.storeNewJobs();
    const { oldTombstones } = this.#statements;
    let rows = Number(oldTombstones.run(now.wall).changes) + this.#eraser.step(STEP_ROWS, now);
    if (rows >= STEP_ROWS) return place;
    const { retentionMs } = this.#settings.read();
    if (retentionMs === null) return undefined;
    const before = now.wall - retentionMs * (place.provider === undefined ? 1 : SILENCE);
    if (place.provider === null) return this.#sweepWatches(place, before);
    const old = this.#old(place, before);
    for (const call of old) {
      if (call['last_event_at'] < before && !this.#hasJobs(call)) {
        this.#eraser.remove(call, call['last_event_at'] + DUPLICATES_FOR_MS);
        rows += this.#eraser.step(STEP_ROWS, now);
      }
      if (++rows >= STEP_ROWS) return placeOf(call, place);
    }
    return this.#nextRange(place);
  }

  #old({ at, row, provider }: SweepPlace, before: number): Row[] {
    const { oldEnded, oldLive } = this.#statements;
    return provider === undefined ? oldEnded.all(at, row, before) : oldLive.all(provider, at, row, before);
  }

  #hasJobs({ id, has_jobs: hasJobs }: Row): boolean {
    return hasJobs === 1 || this.#transaction.flights.rowOf(id) !== undefined;
  }

  #nextRange({ provider }: SweepPlace): SweepPlace {
    const next = this.#statements.nextProvider.get(provider ?? '')?.['provider'];
    return { at: Number.MIN_SAFE_INTEGER, row: 0, provider: next ?? null };
  }

  #sweepWatches(place: SweepPlace, before: number): SweepPlace | undefined {
    const last = this.#watches.removeOld(place, before).at(-1);
    return last && { at: last['since'], row: last['id'], provider: null };
  }
}

function placeOf(call: Row, { provider }: SweepPlace): SweepPlace {
  return { at: call['first_event_at'], row: call['id'], provider };
}
