import { CallStatusError } from '../../errors.ts';
import { DURATION_BOUNDS, type StatsGroup, type StatsQuery, type StatsRow } from '../stats.ts';
import type { CallRow } from './call-columns.ts';
import { Percentiles } from './percentiles.ts';
import { isoOf } from './stored.ts';

const MOST_BUCKETS = 1000;

/** The buckets of a query. Times are milliseconds since 1970. */
export interface StatsBuckets {
  /** When the first bucket begins. */
  readonly sinceMs: number;
  /** Before when the calls ended: now if the query does not say. */
  readonly untilMs: number;
  readonly bucketMs: number;
  /** How many buckets there are; 0 if `until` is not after `since`. */
  readonly count: number;
}

/**
 * The buckets of a valid query.
 *
 * @param nowMs the time by the clock of the store
 * @throws CallStatusError `invalid_options` if there are more than 1000
 * @example statsBuckets({ since: '2026-01-31', until: '2026-02-01', bucketMs: 3_600_000 }, Date.now()).count // 24
 */
export function statsBuckets({ since, until, bucketMs }: StatsQuery, nowMs: number): StatsBuckets {
  const sinceMs = new Date(since).getTime();
  const untilMs = until === undefined ? nowMs : new Date(until).getTime();
  const count = Math.max(0, Math.ceil((untilMs - sinceMs) / bucketMs));
  if (count <= MOST_BUCKETS) return { sinceMs, untilMs, bucketMs, count };
  const issue = `\`bucketMs\` gives ${count} buckets between \`since\` and \`until\`: expected at most ${MOST_BUCKETS}.`;
  throw new CallStatusError('invalid_options', { issues: [issue] });
}

/** What statistics need to know about a call. */
export type StatsCall = Pick<
  CallRow,
  | 'provider'
  | 'status'
  | 'direction'
  | 'sip_code'
  | 'error_code'
  | 'answered'
  | 'answered_at'
  | 'in_progress_at'
  | 'ringing_at'
  | 'ended_at'
  | 'duration_seconds'
  | 'mos'
>;

/**
 * The figures of calls, by time and then by group; the calls without a group come last. Leaves out calls that the query does not ask for.
 *
 * @param nowMs the time by the clock of the store
 * @throws CallStatusError `invalid_options` if there are more than 1000 buckets
 * @example
 * ```ts
 * import { type StatsCall, type StatsRow, statsRows } from '@call-status/core/inbox';
 *
 * export function outcomes(calls: Iterable<StatsCall>): readonly StatsRow[] {
 *   return statsRows(calls, { since: '2026-01-31', bucketMs: 3_600_000, by: 'status' }, Date.now());
 * }
 * ```
 */
export function statsRows(calls: Iterable<StatsCall>, query: StatsQuery, nowMs: number): readonly StatsRow[] {
  const tally = new StatsTally(query, nowMs);
  for (const call of calls) tally.add(call);
  return tally.rows();
}

/**
 * Like {@link statsRows}, for an inbox that reads the calls in steps.
 *
 * @throws CallStatusError `invalid_options` if there are more than 1000 buckets
 * @example
 * ```ts
 * import { type StatsCall, type StatsRow, StatsTally } from '@call-status/core/inbox';
 *
 * export async function outcomes(pages: AsyncIterable<readonly StatsCall[]>): Promise<readonly StatsRow[]> {
 *   const tally = new StatsTally({ since: '2026-01-31', bucketMs: 3_600_000 }, Date.now());
 *   for await (const page of pages) for (const call of page) tally.add(call);
 *   return tally.rows();
 * }
 * ```
 */
export class StatsTally {
  readonly #buckets: StatsBuckets;
  readonly #provider: string | undefined;
  readonly #by: StatsGroup | undefined;
  readonly #nowMs: number;
  /** By bucket, then by group. */
  readonly #figures = new Map<number, Map<string | undefined, Figures>>();

  constructor(query: StatsQuery, nowMs: number) {
    this.#buckets = statsBuckets(query, nowMs);
    this.#provider = query.provider;
    this.#by = query.by;
    this.#nowMs = nowMs;
  }

  /** Counts a call if the query asks for it. */
  add(call: StatsCall): void {
    const { sinceMs, untilMs, bucketMs } = this.#buckets;
    const endedAt = call.ended_at;
    if (endedAt === null || endedAt < sinceMs || endedAt >= untilMs) return;
    if (this.#provider !== undefined && call.provider !== this.#provider) return;
    const bucket = Math.floor((endedAt - sinceMs) / bucketMs);
    this.#of(bucket, this.#by && groupOf(call, this.#by)).add(call);
  }

  /** The rows of all calls that were counted. */
  rows(): readonly StatsRow[] {
    const steps = this.rowsInSteps();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /** The same, in steps of at most a few milliseconds. */
  *rowsInSteps(): Generator<void, readonly StatsRow[]> {
    const { sinceMs, untilMs, bucketMs } = this.#buckets;
    const endMs = Math.min(untilMs, this.#nowMs);
    const percentiles = new Percentiles();
    const rows: StatsRow[] = [];
    for (const [bucket, groups] of [...this.#figures].sort(([a], [b]) => a - b)) {
      const fromMs = sinceMs + bucket * bucketMs;
      const head = { from: isoOf(fromMs), partial: fromMs + bucketMs > endMs };
      for (const [group, figures] of [...groups].sort(([a], [b]) => byGroup(a, b))) {
        rows.push({ ...head, ...(group !== undefined && { group }), ...(yield* figures.row(percentiles)) });
      }
    }
    return rows;
  }

  #of(bucket: number, group: string | undefined): Figures {
    let groups = this.#figures.get(bucket);
    if (groups === undefined) {
      groups = new Map();
      this.#figures.set(bucket, groups);
    }
    let figures = groups.get(group);
    if (figures === undefined) {
      figures = new Figures();
      groups.set(group, figures);
    }
    return figures;
  }
}

const COLUMN = {
  provider: 'provider',
  status: 'status',
  direction: 'direction',
  sip: 'sip_code',
  error: 'error_code',
} as const satisfies Readonly<Record<StatsGroup, keyof StatsCall>>;

function groupOf(call: StatsCall, by: StatsGroup): string | undefined {
  const value = call[COLUMN[by]];
  return value === null ? undefined : String(value);
}

function byGroup(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
  return a < b ? -1 : 1;
}

/** The calls of one row. */
class Figures {
  #calls = 0;
  #answered = 0;
  #answerKnown = 0;
  readonly #durations: number[] = [];
  readonly #histogram: number[] = [...DURATION_BOUNDS, 0].fill(0);
  readonly #rings: number[] = [];
  readonly #mos: number[] = [];

  add(call: StatsCall): void {
    this.#calls++;
    if (call.answered !== null) this.#answerKnown++;
    if (call.answered) this.#answered++;
    if (call.duration_seconds !== null) this.#addDuration(call.duration_seconds);
    if (call.mos !== null) this.#mos.push(call.mos);
    const answeredAt = call.answered_at ?? call.in_progress_at;
    if (answeredAt === null || call.ringing_at === null) return;
    const ringMs = answeredAt - call.ringing_at;
    if (ringMs >= 0) this.#rings.push(ringMs);
  }

  #addDuration(seconds: number): void {
    this.#durations.push(seconds);
    const bound = DURATION_BOUNDS.findIndex((end) => seconds < end);
    const bar = bound < 0 ? DURATION_BOUNDS.length : bound;
    this.#histogram[bar] = (this.#histogram[bar] as number) + 1;
  }

  *row(percentiles: Percentiles): Generator<void, Omit<StatsRow, 'from' | 'partial' | 'group'>> {
    const [durations, rings, mos] = [this.#durations, this.#rings, this.#mos];
    const middle = function* (values: number[]): Generator<void, { p50: number; p90: number }> {
      return { p50: yield* percentiles.of(values, 0.5), p90: yield* percentiles.of(values, 0.9) };
    };
    return {
      calls: this.#calls,
      answered: this.#answered,
      answerKnown: this.#answerKnown,
      ...(durations.length > 0 && {
        durationSeconds: { sum: sumOf(durations), ...(yield* middle(durations)), histogram: this.#histogram },
      }),
      ...(rings.length > 0 && { ringMs: yield* middle(rings) }),
      ...(mos.length > 0 && {
        mos: {
          count: mos.length,
          avg: sumOf(mos) / mos.length,
          p10: yield* percentiles.of(mos, 0.1),
          p50: yield* percentiles.of(mos, 0.5),
        },
      }),
    };
  }
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
