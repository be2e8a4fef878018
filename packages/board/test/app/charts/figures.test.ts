import { expect, test } from 'vitest';
import { formatCount, formatPercent, formatScore, formatSeconds, formatShort } from '../../../app/charts/figures.ts';

test('figures are short, and small ones keep what matters', () => {
  expect([formatCount(12_345), formatShort(12_000), formatScore(4.25)]).toEqual(['12,345', '12K', '4.3']);
  expect([0, 0.4, 9.96, 55.5, 100].map(formatPercent)).toEqual(['0 %', '0.4 %', '10.0 %', '56 %', '100 %']);
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
