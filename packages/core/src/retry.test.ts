import { afterEach, describe, expect, it, vi } from 'vitest';
import { exponentialBackoff, mostInterruptions } from './retry.ts';

/** The pauses between the eight attempts of the default, in seconds. */
const pauses = (random: number): number[] => {
  vi.spyOn(Math, 'random').mockReturnValue(random);
  return [1, 2, 3, 4, 5, 6, 7].map((attempt) => exponentialBackoff(attempt) / 1000);
};

const minutes = (seconds: readonly number[]) => seconds.reduce((sum, pause) => sum + pause, 0) / 60;

afterEach(() => vi.restoreAllMocks());

describe('the default pause', () => {
  it('grows threefold from five seconds to 45 minutes: 75 minutes in all, at the longest', () => {
    const longest = pauses(1);
    expect(longest).toEqual([5, 15, 45, 135, 405, 1215, 2700]);
    expect(minutes(longest)).toBeCloseTo(75.3, 1);
  });

  it('is at least half of that: 38 minutes in all', () => {
    const shortest = pauses(0);
    expect(shortest).toEqual([2.5, 7.5, 22.5, 67.5, 202.5, 607.5, 1350]);
    expect(minutes(shortest)).toBeCloseTo(37.7, 1);
  });

  it('spreads evenly between the two', () => {
    expect(pauses(0.25)[0]).toBe(3.125);
  });

  it('grows no more, however many attempts there are', () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    expect([8, 100, 10_000].map(exponentialBackoff)).toEqual(Array(3).fill(45 * 60_000));
  });
});

it('lets an event be interrupted at least 8 times, and twice as often as it may fail', () => {
  expect([1, 4, 8].map(mostInterruptions)).toEqual([8, 8, 16]);
});
