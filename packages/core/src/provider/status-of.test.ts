import { expect, it } from 'vitest';
import { statusOf } from './status-of.ts';

it.each([
  ['up', 'in-progress'],
  ['Up', 'in-progress'],
  [' up ', 'in-progress'],
  ['Down', 'failed'],
  ['down', 'completed'],
  ['sideways', 'unknown'],
  ['constructor', 'unknown'],
  ['__proto__', 'unknown'],
  ['', 'unknown'],
])('%j is %s', (word, status) => {
  expect(statusOf({ up: 'in-progress', down: 'completed', Down: 'failed' }, word)).toBe(status);
});
