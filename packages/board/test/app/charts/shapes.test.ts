import { expect, test } from 'vitest';
import { bucketAt, lineOf, middleOf, sparkOf, stackOf } from '../../../app/charts/shapes.ts';

const columns = { count: 4, width: 400 };
const plain = { tone: '', format: String };
const down = (value: number) => 100 - value;

test('a line goes through the middle of its buckets, and is dashed to one that is not over', () => {
  expect(lineOf([10, 20, 30, 40], down, columns, true)).toEqual({
    solid: 'M50 90L150 80L250 70',
    dashed: 'M250 70L350 60',
    dots: [],
  });
  expect(lineOf([10, 20, 30, 40], down, columns, false).dashed).toBe('');
});

test('a bucket without a value is a gap, and a value without neighbors is a dot', () => {
  expect(lineOf([10, undefined, 30, 40], down, columns, false)).toEqual({
    solid: 'M250 70L350 60',
    dashed: '',
    dots: [[50, 90]],
  });
});

test('bars stand on those of the series before', () => {
  const series = [
    { name: 'completed', ...plain, values: [10, 20, undefined, 0] },
    { name: 'failed', ...plain, values: [5, undefined, 7, 0] },
  ];
  expect(stackOf(series, down, columns, false)).toEqual([
    { solid: 'M4 90h92v10h-92zM104 80h92v20h-92z', dashed: '' },
    { solid: 'M4 85h92v5h-92zM204 93h92v7h-92z', dashed: '' },
  ]);
});

test('the bars of a bucket that is not over are apart', () => {
  const series = [{ name: 'completed', ...plain, values: [10, undefined, undefined, 20] }];
  expect(stackOf(series, down, columns, true)).toEqual([{ solid: 'M4 90h92v10h-92z', dashed: 'M304 80h92v20h-92z' }]);
});

test('a place belongs to a bucket, also beyond the edges', () => {
  expect([-5, 0, 99, 100, 399, 500].map((x) => bucketAt(x, columns))).toEqual([0, 0, 0, 1, 3, 3]);
  expect(middleOf(1, columns)).toBe(150);
});

test('a sparkline reaches from edge to edge, and is flat without values', () => {
  expect(sparkOf([0, 2, 4], 100, 20)).toBe('M0 20L50 10L100 0');
  expect(sparkOf([0, 0, 0], 100, 20)).toBe('M0 20L50 20L100 20');
});
