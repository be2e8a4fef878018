import { expect, it } from 'vitest';
import { KnownCalls } from './known-calls.ts';

it('forgets the oldest', () => {
  const calls = new KnownCalls();
  for (let at = 0; at < 25_000; at++) calls.add(`${at}`);
  expect(['24999', '15000', '9999'].map((key) => calls.has(key))).toEqual([true, true, false]);
});

it('forgets all', () => {
  const calls = new KnownCalls();
  for (let at = 0; at < 15_000; at++) calls.add(`${at}`);
  calls.clear();
  expect(['14999', '0'].map((key) => calls.has(key))).toEqual([false, false]);
});
