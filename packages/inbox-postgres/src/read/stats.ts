import {
  checkOptions,
  DURATION_BOUNDS,
  isoOf,
  type StatsBuckets,
  type StatsGroup,
  type StatsQuery,
  type StatsRow,
  statsBuckets,
} from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import { nowSql, type Store } from '../store.ts';
import { byIndex } from './by-index.ts';
import { QUERIES } from './queries.ts';
import type { Statement } from './statement.ts';
import { Values } from './values.ts';

/** A board that asks for too much must not keep the database busy. */
const TIMEOUT = 'SET LOCAL statement_timeout = 3000';

const GROUPS: Readonly<Record<StatsGroup, string>> = {
  provider: 'provider',
  status: 'status',
  direction: 'direction',
  sip: 'sip_code::text',
  error: 'error_code',
};

/** How many durations are in each bar. */
const HISTOGRAM = [...DURATION_BOUNDS, 0].map((_, bar) => `count(*) FILTER (WHERE bar = ${bar})`).join(', ');

/** Figures of the calls that ended in a period. */
export async function readStats(store: Store, query: StatsQuery): Promise<readonly StatsRow[]> {
  checkOptions('the query of stats()', query, QUERIES.stats);
  const [time] = await store.read(`SELECT ${nowSql(1)} AS now`, [store.now()]);
  const now: number = time?.['now'];
  const buckets = statsBuckets(query, now);
  const { text, values } = statsSql(store.schema, query, buckets);
  const rows = await byIndex(store, (run) => run(text, values), TIMEOUT);
  return rows.map((row) => statsRowOf(row, buckets, now));
}

function statsSql(schema: string, { by, provider }: StatsQuery, buckets: StatsBuckets): Statement {
  const values = new Values();
  const since = values.add(buckets.sinceMs);
  const until = values.add(buckets.untilMs);
  const bucket = values.add(buckets.bucketMs);
  const group = by === undefined ? 'NULL' : GROUPS[by];
  const ofProvider = provider === undefined ? '' : `AND provider = ${values.add(provider)}`;
  const text = `
    SELECT bucket, grp, count(*) AS calls, count(*) FILTER (WHERE answered) AS answered, count(answered) AS answer_known,
      sum(duration_seconds) AS duration_sum, ARRAY[${HISTOGRAM}]::integer[] AS histogram,
      percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY duration_seconds) AS durations,
      percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY ring_ms) FILTER (WHERE ring_ms >= 0) AS rings,
      count(mos) AS mos_count, avg(mos) AS mos_avg,
      percentile_cont(ARRAY[0.1, 0.5]) WITHIN GROUP (ORDER BY mos) AS mos
    FROM (
      SELECT (ended_at - ${since}::bigint) / ${bucket}::bigint AS bucket, ${group} AS grp, answered, duration_seconds, mos,
        width_bucket(duration_seconds, ARRAY[${DURATION_BOUNDS.join(', ')}]::double precision[]) AS bar,
        (coalesce(answered_at, in_progress_at) - ringing_at)::double precision AS ring_ms
      FROM ${schema}.calls
      WHERE ended_at >= ${since}::bigint AND ended_at < ${until}::bigint ${ofProvider}) c
    GROUP BY bucket, grp ORDER BY bucket, grp COLLATE "C" NULLS LAST`;
  return { text, values: values.all };
}

function statsRowOf(row: Row, { sinceMs, untilMs, bucketMs }: StatsBuckets, now: number): StatsRow {
  const fromMs = sinceMs + row['bucket'] * bucketMs;
  const [p50, p90] = row['durations'] ?? [];
  const [ringP50, ringP90] = row['rings'] ?? [];
  const [mosP10, mosP50] = row['mos'] ?? [];
  return {
    from: isoOf(fromMs),
    partial: fromMs + bucketMs > Math.min(untilMs, now),
    ...(row['grp'] !== null && { group: row['grp'] }),
    calls: row['calls'],
    answered: row['answered'],
    answerKnown: row['answer_known'],
    ...(p50 != null && { durationSeconds: { sum: row['duration_sum'], p50, p90, histogram: row['histogram'] } }),
    ...(ringP50 != null && { ringMs: { p50: ringP50, p90: ringP90 } }),
    ...(mosP10 != null && { mos: { count: row['mos_count'], avg: row['mos_avg'], p10: mosP10, p50: mosP50 } }),
  };
}
