import { expect, it } from 'vitest';
import type { StatsGroup, StatsQuery } from '../stats.ts';
import { type StatsCall, statsBuckets, statsRows } from './stats-rows.ts';

const SINCE = '2026-03-02T09:00:00.000Z';
const START = Date.parse(SINCE);
const HOUR = 3_600_000;
const LATER = START + 10 * HOUR;

const aCall = (more: Partial<StatsCall> = {}): StatsCall => ({
  provider: 'acme',
  status: 'completed',
  direction: null,
  sip_code: null,
  error_code: null,
  answered: null,
  answered_at: null,
  in_progress_at: null,
  ringing_at: null,
  ended_at: START,
  duration_seconds: null,
  mos: null,
  ...more,
});

const QUERY: StatsQuery = { since: SINCE, until: '2026-03-02T12:00:00.000Z', bucketMs: HOUR };

it('counts each call in the bucket of its end', () => {
  const ends = [START + 2 * HOUR, START, START + HOUR - 1, START - 1, START + 3 * HOUR, null];
  const calls = ends.map((ended_at) => aCall({ ended_at }));
  expect(statsRows(calls, QUERY, LATER)).toEqual([
    { from: SINCE, partial: false, calls: 2, answered: 0, answerKnown: 0 },
    { from: '2026-03-02T11:00:00.000Z', partial: false, calls: 1, answered: 0, answerKnown: 0 },
  ]);
});

it('a bucket that is not over, or that reaches past the end, is partial', () => {
  const calls = [0, 1, 2].map((hour) => aCall({ ended_at: START + hour * HOUR }));
  const partial = (query: StatsQuery, now: number) => statsRows(calls, query, now).map((row) => row.partial);
  expect(partial(QUERY, LATER)).toEqual([false, false, false]);
  expect(partial({ ...QUERY, until: '2026-03-02T11:30:00.000Z' }, LATER)).toEqual([false, false, true]);
  expect(partial(QUERY, START + 2.5 * HOUR)).toEqual([false, false, true]);
  const { until, ...open } = QUERY;
  expect(partial(open, START + 1.5 * HOUR)).toEqual([false, true]);
});

it('interpolates percentiles', () => {
  const calls = [
    aCall({ answered: true, duration_seconds: 10, mos: 4, ringing_at: 1000, answered_at: 3000, in_progress_at: 9000 }),
    aCall({ answered: 1, duration_seconds: 40, mos: 1, ringing_at: 1000, in_progress_at: 2000 }),
    aCall({ answered: false, duration_seconds: 0, ringing_at: 5000, answered_at: 4000 }),
    aCall({ answered: 0, ringing_at: 1000 }),
  ];
  expect(statsRows(calls, QUERY, LATER)).toEqual([
    {
      from: SINCE,
      partial: false,
      calls: 4,
      answered: 2,
      answerKnown: 4,
      durationSeconds: { sum: 50, p50: 10, p90: 34, histogram: [1, 1, 0, 1, 0, 0, 0, 0, 0, 0] },
      ringMs: { p50: 1500, p90: 1900 },
      mos: { count: 2, avg: 2.5, p10: 1.3, p50: 2.5 },
    },
  ]);
});

it('groups by each value; calls without one come last', () => {
  const calls = [
    aCall({ sip_code: null }),
    aCall({ sip_code: 486, provider: 'other', status: 'busy', direction: 'inbound', error_code: 'E1' }),
    aCall({ sip_code: 200 }),
  ];
  const groups = (by: StatsGroup) => statsRows(calls, { ...QUERY, by }, LATER).map(({ group }) => group);
  expect(groups('sip')).toEqual(['200', '486', undefined]);
  expect(statsRows(calls.reverse(), { ...QUERY, by: 'sip' }, LATER).at(-1)).not.toHaveProperty('group');
  expect(groups('provider')).toEqual(['acme', 'other']);
  expect(groups('status')).toEqual(['busy', 'completed']);
  expect(groups('direction')).toEqual(['inbound', undefined]);
  expect(groups('error')).toEqual(['E1', undefined]);
  expect(statsRows(calls, { ...QUERY, provider: 'other' }, LATER)).toMatchObject([{ calls: 1 }]);
});

it('takes at most 1000 buckets', () => {
  const query = { since: new Date(START), bucketMs: 1000 };
  expect(statsBuckets(query, START + 1_000_000)).toEqual({
    sinceMs: START,
    untilMs: START + 1_000_000,
    bucketMs: 1000,
    count: 1000,
  });
  expect(() => statsRows([], query, START + 1_000_001)).toThrow(
    expect.objectContaining({
      code: 'invalid_options',
      details: { issues: ['`bucketMs` gives 1001 buckets between `since` and `until`: expected at most 1000.'] },
    }),
  );
  expect(statsBuckets({ ...query, until: new Date(START - 1) }, START).count).toBe(0);
});

it('finds the middle of very many', () => {
  const calls = Array.from({ length: 30_001 }, (_, index) => aCall({ duration_seconds: (index * 7919) % 30_001 }));
  expect(statsRows(calls, QUERY, LATER)[0]?.durationSeconds).toMatchObject({
    sum: 450_015_000,
    p50: 15_000,
    p90: 27_000,
  });
});
