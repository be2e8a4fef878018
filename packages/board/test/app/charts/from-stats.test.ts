import { expect, test } from 'vitest';
import { bucketsOf, durationsOf, failuresOf, figureOf, outcomesOf } from '../../../app/charts/from-stats.ts';
import { maxOf, textOf } from '../../../app/charts/series.ts';
import type { StatsPage } from '../../../src/api/types.ts';

const HOUR = 3_600_000;
const FIRST = '2026-11-30T08:00:00.000Z';
const THIRD = '2026-11-30T10:00:00.000Z';
const head = { since: FIRST, until: '2026-11-30T10:20:00.000Z', bucketMs: HOUR, durationBounds: [5, 60] };

type Row = StatsPage['rows'][number];

function row(from: string, group: string | undefined, calls: number, more: Partial<Row> = {}): Row {
  return {
    from,
    partial: from === THIRD,
    calls,
    answered: 0,
    answerKnown: 0,
    ...(group !== undefined && { group }),
    ...more,
  };
}

test('all buckets are there, and the last one is partial until it is over', () => {
  const { starts, partial } = bucketsOf(head);
  expect(starts.map((ms) => new Date(ms).toISOString())).toEqual([FIRST, '2026-11-30T09:00:00.000Z', THIRD]);
  expect(partial).toBe(true);
  expect(bucketsOf({ ...head, until: '2026-11-30T11:00:00.000Z' }).partial).toBe(false);
});

test('outcomes are in the order of the stack, and the answer rate counts only calls that say whether they were answered', () => {
  const page: StatsPage = {
    ...head,
    rows: [
      row(FIRST, 'failed', 2, { answered: 0, answerKnown: 2 }),
      row(FIRST, 'completed', 8, { answered: 6, answerKnown: 6 }),
      row(THIRD, 'completed', 3),
    ],
  };
  const { outcomes, answered } = outcomesOf(page);
  expect(outcomes.map(({ name, values }) => [name, values])).toEqual([
    ['completed', [8, undefined, 3]],
    ['failed', [2, undefined, undefined]],
  ]);
  expect(answered.values).toEqual([75, undefined, undefined]);
  expect([maxOf([], outcomes), maxOf(outcomes, []), maxOf([], [])]).toEqual([10, 8, 0]);
  expect(outcomes.map((one) => textOf(one))).toEqual(['11', '2']);
  expect([textOf(answered), textOf(answered, 0), textOf(answered, 2)]).toEqual(['75 %', '75 %', '–']);
});

test('a figure has a value where there are calls with it', () => {
  const mos = { count: 1, avg: 4, p10: 3.1, p50: 4.2 };
  const page: StatsPage = { ...head, rows: [row(FIRST, undefined, 2), row(THIRD, undefined, 1, { mos })] };
  expect(figureOf(page, (of) => of.mos?.p50)).toEqual([undefined, undefined, 4.2]);
  expect(textOf({ name: 'median', tone: '', format: String, values: [1, 4.2, undefined] })).toBe('4.2');
});

test('failures are added over time, the most frequent first, and lead to the calls that have them', () => {
  const rows = [
    row(FIRST, '200', 90),
    row(FIRST, '486', 2),
    row(THIRD, '486', 3),
    row(THIRD, '503', 9),
    row(THIRD, undefined, 1),
  ];
  expect(failuresOf({ ...head, rows }, 'sip')).toEqual([
    { name: '503', count: 9, filters: { state: 'ended', sip: '503' } },
    { name: '486', count: 5, filters: { state: 'ended', sip: '486' } },
  ]);
  expect(failuresOf({ ...head, rows }, 'sip', 1)).toHaveLength(1);
  expect(failuresOf({ ...head, rows: [row(FIRST, '30008', 1), row(THIRD, undefined, 7)] }, 'error')).toEqual([
    { name: '30008', count: 1, filters: { state: 'ended', error: '30008' } },
  ]);
});

test('durations are added over time, bar by bar', () => {
  const durations = (...histogram: number[]) => ({ durationSeconds: { sum: 9, p50: 1, p90: 1, histogram } });
  const rows = [
    row(FIRST, undefined, 3, durations(2, 0, 1)),
    row(THIRD, undefined, 2, durations(1, 1, 0)),
    row(THIRD, undefined, 1),
  ];
  expect(durationsOf({ ...head, rows })).toEqual([
    { name: 'under 5 s', count: 3 },
    { name: '5 s – 1 min', count: 1 },
    { name: '1 min or more', count: 1 },
  ]);
});
