import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Percentiles } from './percentiles.ts';

/** The percentile, and in how many steps it was found. */
function found(values: number[], share: number): [value: number, steps: number] {
  const steps = new Percentiles().of(values, share);
  for (let count = 1; ; count++) {
    const step = steps.next();
    if (step.done === true) return [step.value, count];
  }
}

it('finds what lies at its place in the order of the values, in any order and with any repetition', () => {
  const numbers = fc.oneof(
    fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1 }),
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { minLength: 1 }),
  );
  fc.assert(
    fc.property(numbers, fc.constantFrom(0, 0.1, 0.5, 0.9, 1), (values, share) => {
      const sorted = [...values].sort((a, b) => a - b);
      const at = share * (sorted.length - 1);
      const [below = 0, above = 0] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
      // Not `toBe`, for which 0 and -0 differ.
      expect(found(values, share)[0] === below + (above - below) * (at - Math.floor(at))).toBe(true);
    }),
  );
});

it('looks at a bounded number of values in a step', () => {
  const [value, steps] = found(
    Array.from({ length: 200_001 }, (_, at) => (at * 7919) % 200_001),
    0.5,
  );
  expect(value).toBe(100_000);
  expect(steps).toBeGreaterThan(2);
  expect(found([3, 1, 2], 0.5)).toEqual([2, 1]);
});
