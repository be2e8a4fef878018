import { expect, it } from 'vitest';
import { Random } from './random.ts';

it('gives the same numbers for the same seed, spread evenly', () => {
  const numbers = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 10_000 }, () => random.below(10));
  };
  expect(numbers(1)).toEqual(numbers(1));
  expect(numbers(1)).not.toEqual(numbers(2));
  for (let digit = 0; digit < 10; digit++) {
    const count = numbers(1).filter((number) => number === digit).length;
    expect(count).toBeGreaterThan(850);
    expect(count).toBeLessThan(1150);
  }
});

it('shuffles, picks and makes lists', () => {
  const random = new Random(1);
  const values = [1, 2, 3, 4, 5];
  expect(random.shuffled(values)).not.toEqual(values);
  expect(new Set(random.shuffled(values))).toEqual(new Set(values));
  expect(values).toContain(random.pick(values));
  const lengths = new Set(Array.from({ length: 100 }, () => random.list(2, 4, () => 0).length));
  expect(lengths).toEqual(new Set([2, 3, 4]));
  expect([random.happens(0), random.happens(1)]).toEqual([false, true]);
});
