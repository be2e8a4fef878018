import { expect, test } from 'vitest';
import { formatScore, formatSeconds, formatShort } from '../../../app/charts/figures.ts';

test('figures at an axis are short', () => {
  expect([formatShort(950), formatShort(12_000), formatScore(4.25)]).toEqual(['950', '12K', '4.3']);
});

test('seconds become minutes and hours', () => {
  expect([0, 2.5, 59, 60, 150, 3600, 5400].map(formatSeconds)).toEqual([
    '0 s',
    '2.5 s',
    '59 s',
    '1 min',
    '2:30 min',
    '1 h',
    '1:30 h',
  ]);
});
