import { expect, test } from 'vitest';
import { bucketName, rangeStart, timeTicks } from '../../../app/charts/time-ticks.ts';

const HOUR = 3_600_000;
const utc = () => 0;
const india = () => 5.5 * HOUR;
/** Berlin on the night when summer time ends: 25 October 2026, 01:00 UTC. */
const berlin = (ms: number) => (ms < Date.UTC(2026, 9, 25, 1) ? 2 : 1) * HOUR;

function labels(from: string, until: string, most: number, offset: (ms: number) => number): string[] {
  return timeTicks(Date.parse(from), Date.parse(until), most, offset).map(({ label }) => label);
}

test('ticks are round times of the clock of the viewer, as many as there is place for', () => {
  expect(labels('2026-11-30T09:00:00Z', '2026-11-30T10:00:00Z', 5, utc)).toEqual(['09:00', '09:15', '09:30', '09:45']);
  expect(labels('2026-11-30T09:00:00Z', '2026-11-30T10:00:00Z', 4, india)).toEqual([
    '14:30',
    '14:45',
    '15:00',
    '15:15',
  ]);
  expect(labels('2026-11-29T10:00:00Z', '2026-11-30T10:00:00Z', 4, utc)).toEqual(['12:00', '18:00', 'Mon 30', '06:00']);
});

test('midnight is a date, in any zone', () => {
  expect(labels('2026-11-26T12:00:00Z', '2026-11-30T12:00:00Z', 5, india)).toEqual([
    'Fri 27',
    'Sat 28',
    'Sun 29',
    'Mon 30',
  ]);
});

test('a change of the clock moves the ticks after it', () => {
  const ticks = timeTicks(Date.UTC(2026, 9, 24, 12), Date.UTC(2026, 9, 26, 12), 4, berlin);
  expect(ticks.map(({ ms, label }) => `${label} ${new Date(ms).toISOString().slice(11, 13)}`)).toEqual([
    'Sun 25 22',
    '12:00 11',
    'Mon 26 23',
    '12:00 11',
  ]);
});

test('a bucket is named by its day, its begin and its end', () => {
  expect(bucketName(Date.UTC(2026, 10, 30, 23), HOUR, utc)).toBe('Mon 30, 23:00–00:00');
});

test('a range has whole buckets, and the last one has begun', () => {
  const now = Date.UTC(2026, 10, 30, 9, 20);
  expect(new Date(rangeStart(now, 24 * HOUR, HOUR, utc)).toISOString()).toBe('2026-11-29T10:00:00.000Z');
  expect(new Date(rangeStart(now, 24 * HOUR, HOUR, india)).toISOString()).toBe('2026-11-29T09:30:00.000Z');
});
