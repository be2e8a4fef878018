import type { Query, Row } from '../connection/session.ts';
import { byIndex } from '../read/by-index.ts';
import { nowSql, type Store } from '../store.ts';
import { DUPLICATES_FOR_MS } from '../write/erase.ts';
import { IS_CALL } from '../write/group.ts';
import { type ClockWatch, type Reading, toleranceOf } from './clock-watch.ts';

/** Any number that no other user of the database's advisory locks has. */
const LOCK_CLASS = 1_129_273_173;

/** How many calls, watches or ids one step examines. */
const STEP_ROWS = 100;

/** A live call is removed after so many times the retention without an event: its end was never reported. */
const SILENCE = 7;

/** Of an inbox that keeps its calls forever, for doubts about the clock. */
const FOREVER_MS = 30 * 86_400_000;

/** Where a step begins. What stays is examined once in a sweep: calls that have ended first, then live ones, then watches. */
export interface SweepPlace {
  readonly range: (typeof RANGES)[number];
  readonly at: number;
  readonly row: number;
}

const RANGES = ['ended', 'live', 'watches'] as const;

export const FIRST: SweepPlace = { range: 'ended', at: Number.MIN_SAFE_INTEGER, row: 0 };

/** Whether a process may sweep now. */
export type SweepLeave = 'yes' | 'no' | 'clock_stepped';

/** What decides about a step. Times are milliseconds. */
interface Settings extends Reading {
  readonly retentionMs: number | null;
  readonly sweptAt: number | null;
}

/** Removes calls older than the retention, and watches of calls that were never recorded. Of all processes, one sweeps at a time. */
export class Sweeper {
  readonly #store: Store;
  readonly #watch: ClockWatch;

  constructor(store: Store, watch: ClockWatch) {
    this.#store = store;
    this.#watch = watch;
  }

  /** @param sweepMs how often one of all processes sweeps */
  maySweep(sweepMs: number): Promise<SweepLeave> {
    return byIndex(this.#store, async (query) => {
      if (!(await this.#isMine(query))) return 'no';
      const settings = await this.#settings(query);
      if (!this.#isTimeRight(settings)) return 'clock_stepped';
      const passed = settings.sweptAt === null ? sweepMs : settings.now - settings.sweptAt;
      if (passed > 0 && passed < sweepMs / 2) return 'no';
      await query(`UPDATE ${this.#store.schema}.inbox SET swept_at = $1 WHERE id = 1`, [settings.now]);
      return 'yes';
    });
  }

  /** @returns where the next step begins; `undefined` at the end, if another process sweeps, or if the clock has jumped */
  step(place: SweepPlace): Promise<SweepPlace | undefined> {
    return byIndex(this.#store, async (query) => {
      if (!(await this.#isMine(query))) return undefined;
      const settings = await this.#settings(query);
      if (!this.#isTimeRight(settings)) return undefined;
      const { schema } = this.#store;
      const forgotten = await query(forgetTombstonesSql(schema), [settings.now]);
      if (forgotten.length === STEP_ROWS) return place;
      const { now, retentionMs } = settings;
      if (retentionMs === null) return undefined;
      const before = now - retentionMs * (place.range === 'ended' ? 1 : SILENCE);
      const sql = place.range === 'watches' ? oldWatchesSql(schema) : lockOldSql(schema, place.range);
      const old = await query(sql, [place.at, place.row, before]);
      const ids = old.map(({ id }) => id);
      // A new statement sees what those committed who held the locks before.
      if (place.range === 'watches') await query(removeWatchesSql(schema), [ids]);
      else await query(removeSql(schema), [ids, before, now]);
      return nextPlace(place, old);
    });
  }

  async #isMine(query: Query): Promise<boolean> {
    const key = `'${this.#store.schema}.inbox'::regclass::oid::int`;
    const [row] = await query(`SELECT pg_try_advisory_xact_lock(${LOCK_CLASS}, ${key}) AS mine`);
    return row?.['mine'];
  }

  async #settings(query: Query): Promise<Settings> {
    const askedAt = this.#watch.time();
    const [row] = await query(settingsSql(this.#store.schema), [this.#store.now()]);
    const { now, retention_ms: retentionMs, swept_at: sweptAt } = row as Row;
    return { now, askedAt, retentionMs, sweptAt };
  }

  #isTimeRight({ retentionMs, ...reading }: Settings): boolean {
    return this.#watch.isRight(reading, toleranceOf(retentionMs ?? FOREVER_MS));
  }
}

function nextPlace({ range }: SweepPlace, old: readonly Row[]): SweepPlace | undefined {
  const last = old.at(-1);
  if (old.length === STEP_ROWS && last !== undefined) return { range, at: last['at'], row: last['id'] };
  const next = RANGES[RANGES.indexOf(range) + 1];
  return next && { ...FIRST, range: next };
}

function settingsSql(s: string): string {
  return `SELECT ${nowSql(1)} AS now, retention_ms, swept_at FROM ${s}.inbox WHERE id = 1`;
}

function forgetTombstonesSql(s: string): string {
  return `
    DELETE FROM ${s}.tombstones WHERE hash = ANY(ARRAY(
      SELECT hash FROM ${s}.tombstones WHERE until <= $1::bigint ORDER BY until LIMIT ${STEP_ROWS} FOR UPDATE SKIP LOCKED))
    RETURNING until`;
}

/** Calls that are in use just now are left to the next sweep. */
function lockOldSql(s: string, range: 'ended' | 'live'): string {
  const [at, condition] = range === 'ended' ? ['retained_from', ''] : ['first_event_at', 'AND NOT terminal'];
  return `
    SELECT id, ${at} AS at FROM ${s}.calls
    WHERE (${at}, id) > ($1::bigint, $2::bigint) AND ${at} < $3::bigint ${condition}
    ORDER BY ${at}, id LIMIT ${STEP_ROWS} FOR UPDATE SKIP LOCKED`;
}

/** Removes locked calls that have no job or dead letter. The ids of their events stay known, as hashes. */
function removeSql(s: string): string {
  return `
    WITH aged AS MATERIALIZED (
      SELECT c.* FROM unnest($1::bigint[]) AS i(id)
      CROSS JOIN LATERAL (
        SELECT id, call_id, provider, tenant, last_event_at FROM ${s}.calls WHERE calls.id = i.id LIMIT 1) c
      LEFT JOIN LATERAL (SELECT true AS found FROM ${s}.jobs WHERE jobs.call = c.id LIMIT 1) job ON true
      WHERE job.found IS NULL AND c.last_event_at < $2::bigint),
    removed AS (
      DELETE FROM ${s}.recorded USING aged WHERE recorded.call = aged.id
      RETURNING recorded.id, recorded.event_id, aged.last_event_at + ${DUPLICATES_FOR_MS} AS until),
    known AS (
      INSERT INTO ${s}.tombstones (hash, until)
      SELECT sha256(convert_to(event_id, 'UTF8')), max(until) FROM removed WHERE until > $3::bigint GROUP BY 1 ORDER BY 1
      ON CONFLICT (hash) DO UPDATE SET until = greatest(tombstones.until, EXCLUDED.until)),
    mark AS (
      UPDATE ${s}.inbox SET removed_id = greatest(removed_id, (SELECT max(id) FROM removed))
      WHERE id = 1 AND (SELECT count(*) FROM removed) > 0),
    unwatched AS (
      DELETE FROM ${s}.watches USING aged
      WHERE watches.call_id = aged.call_id AND watches.provider = aged.provider AND watches.tenant = aged.tenant)
    DELETE FROM ${s}.calls USING aged WHERE calls.id = aged.id`;
}

function oldWatchesSql(s: string): string {
  return `
    SELECT id, since AS at FROM ${s}.watches WHERE (since, id) > ($1::bigint, $2::bigint) AND since < $3::bigint
    ORDER BY since, id LIMIT ${STEP_ROWS}`;
}

/** Of these, those of calls that are not recorded. */
function removeWatchesSql(s: string): string {
  return `
    DELETE FROM ${s}.watches i WHERE id = ANY($1::bigint[]) AND NOT EXISTS (SELECT 1 FROM ${s}.calls c WHERE ${IS_CALL})`;
}
