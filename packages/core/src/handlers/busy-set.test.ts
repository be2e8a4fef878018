import { expect, it } from 'vitest';
import { BusySet } from './busy-set.ts';

it('has what was added and not deleted, however much came and went', () => {
  const set = new BusySet<number>();
  for (let item = 0; item < 5000; item++) {
    set.add(item);
    if (item >= 3) set.delete(item - 3);
  }
  expect(set.values()).toEqual([4997, 4998, 4999]);
  expect([set.size, set.has(4999), set.has(4996)]).toEqual([3, true, false]);
});
