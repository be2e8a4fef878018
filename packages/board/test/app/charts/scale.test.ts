import { expect, test } from 'vitest';
import { countScale, fixedScale, secondsScale } from '../../../app/charts/scale.ts';

test('counts have round whole steps', () => {
  expect(countScale(0, 100).ticks).toEqual([0, 1]);
  expect(countScale(3, 100).ticks).toEqual([0, 1, 2, 3]);
  expect(countScale(17, 100).ticks).toEqual([0, 5, 10, 15, 20]);
  expect(countScale(1_234, 100).ticks).toEqual([0, 500, 1000, 1500]);
  expect(countScale(950_000, 100).ticks).toEqual([0, 500_000, 1_000_000]);
});

test('seconds have the steps of a clock', () => {
  expect(secondsScale(47, 100).ticks).toEqual([0, 15, 30, 45, 60]);
  expect(secondsScale(200, 100).ticks).toEqual([0, 60, 120, 180, 240]);
  expect(secondsScale(20_000, 100).ticks).toEqual([0, 7200, 14_400, 21_600]);
});

test('a scale begins at the bottom and ends at the top', () => {
  const { at } = fixedScale([1, 2, 3, 4, 5], 200);
  expect([at(1), at(3), at(5)]).toEqual([200, 100, 0]);
});
