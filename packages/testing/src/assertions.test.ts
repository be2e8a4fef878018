import { expect, it } from 'vitest';
import { assertMatches, assertRejects } from './assertions.ts';

it.each<[unknown, unknown]>([
  [{ a: 1, b: { c: 2, d: 3 } }, { b: { c: 2 } }],
  [
    [{ a: 1, b: 2 }, 3],
    [{ a: 1 }, 3],
  ],
  ['text', 'text'],
  [new Set([1]), new Set([1])],
])('%j has what is asked for', (actual, expected) => {
  expect(() => assertMatches(actual, expected)).not.toThrow();
});

it.each<[unknown, unknown]>([
  [{ a: 1 }, { a: 2 }],
  [{}, { a: undefined }],
  [[1, 2], [1]],
  [{ 0: 1 }, [1]],
  [null, {}],
  [new Set([1]), new Set([2])],
  [undefined, 'text'],
])('%j lacks what is asked for', (actual, expected) => {
  expect(() => assertMatches(actual, expected)).toThrow(/Expected/);
});

it('tells errors apart by their parts', async () => {
  await assertRejects(Promise.reject(Object.assign(new Error('no'), { code: 'closed' })), { code: 'closed' });
  await expect(assertRejects(Promise.reject(new Error('no')), { code: 'closed' })).rejects.toThrow(
    /Expected|Missing expected/,
  );
  await expect(assertRejects(Promise.resolve(), {})).rejects.toThrow(/Expected|Missing expected/);
});
