import { expect, it } from 'vitest';
import { portionsOf, rowsOf } from './portions.ts';
import type { Page, PageQuery } from './queries.ts';

/** A list of numbers on pages of at most three rows, every other page being empty. */
function numbersTo(end: number) {
  return async ({ cursor = '0', limit = 50 }: PageQuery): Promise<Page<number>> => {
    const [from, isEmpty] = [Number.parseFloat(cursor), !cursor.endsWith('!')];
    if (isEmpty) return { rows: [], next: `${from}!` };
    const rows = Array.from({ length: Math.min(3, limit, end - from) }, (_, index) => from + index);
    return from + rows.length < end ? { rows, next: String(from + rows.length) } : { rows };
  };
}

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const list: Value[] = [];
  for await (const value of values) list.push(value);
  return list;
}

it('reads portions that are full, whatever the pages have', async () => {
  const portions = await all(portionsOf(numbersTo(2500), { limit: Number.POSITIVE_INFINITY }));
  expect(portions.map(({ rows, next }) => [rows.length, rows[0], next])).toEqual([
    [1000, 0, '1000'],
    [1000, 1000, '2000'],
    [500, 2000, undefined],
  ]);
});

it('reads no more than it should, from a place', async () => {
  expect(await all(portionsOf(numbersTo(20), { cursor: '5', limit: 4 }))).toEqual([{ rows: [5, 6, 7, 8], next: '9' }]);
  expect(await all(rowsOf(numbersTo(20), 5))).toEqual([0, 1, 2, 3, 4]);
  expect(await all(rowsOf(numbersTo(2), 5))).toEqual([0, 1]);
});
