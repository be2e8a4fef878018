import { type StatsCall, type StatsQuery, type StatsRow, StatsTally, statsBuckets } from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Sql, type Statements } from '../database/engine.ts';

/** How many calls one step reads. */
const STEP_ROWS = 250;

export const STATS_SQL: Sql<'ended'> = {
  ended: `
    SELECT id, provider, status, direction, sip_code, error_code, answered, answered_at, in_progress_at, ringing_at, ended_at,
      duration_seconds, mos
    FROM calls WHERE (ended_at, id) > (?, ?) AND ended_at < ? ORDER BY ended_at, id LIMIT ${STEP_ROWS}`,
};

/** Counts ended calls. */
export class CallStats {
  readonly #statements: Statements<typeof STATS_SQL>;

  constructor(db: Database) {
    this.#statements = prepare(db, STATS_SQL);
  }

  /** Reads the calls in steps. */
  *rows(query: StatsQuery, { wall }: Now): Generator<void, readonly StatsRow[]> {
    const { sinceMs, untilMs } = statsBuckets(query, wall);
    const tally = new StatsTally(query, wall);
    for (let place: readonly [number, number] | undefined = [sinceMs, 0]; place !== undefined; ) {
      const calls = this.#statements.ended.all(...place, untilMs);
      for (const call of calls) tally.add(call as unknown as StatsCall);
      const last = calls.length === STEP_ROWS ? calls.at(-1) : undefined;
      place = last && [last['ended_at'], last['id']];
      if (place !== undefined) yield;
    }
    return yield* tally.rowsInSteps();
  }
}
