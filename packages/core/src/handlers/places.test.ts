import { describe, expect, it } from 'vitest';
import { Places } from './places.ts';

const INFINITE = Number.POSITIVE_INFINITY;

function places(concurrency: number, most: Record<string, number>, taken: Record<string, number> = {}): Places {
  const made = new Places(concurrency, new Map(Object.entries(most)));
  for (const [provider, count] of Object.entries(taken)) for (let at = 0; at < count; at++) made.enter(provider);
  return made;
}

describe('Places', () => {
  it.each([
    ['one provider has them all', 64, { a: INFINITE }, {}, { limit: 64, limits: { a: 64 } }],
    [
      'two keep an eighth for each other',
      64,
      { a: INFINITE, b: INFINITE },
      {},
      { limit: 64, limits: { a: 56, b: 56 } },
    ],
    [
      'one that hangs leaves the kept ones free',
      64,
      { a: INFINITE, b: INFINITE },
      { a: 56 },
      { limit: 8, limits: { a: 0, b: 8 } },
    ],
    [
      'what is used of the kept ones is not kept twice',
      64,
      { a: INFINITE, b: INFINITE },
      { a: 50, b: 8 },
      { limit: 6, limits: { a: 6, b: 6 } },
    ],
    ['a provider has a limit of its own', 64, { a: 10, b: INFINITE }, { a: 9 }, { limit: 55, limits: { a: 1, b: 55 } }],
    ['one each is kept where there are few', 4, { a: INFINITE, b: INFINITE }, {}, { limit: 4, limits: { a: 3, b: 3 } }],
    [
      'none is kept where there are not enough',
      1,
      { a: INFINITE, b: INFINITE },
      {},
      { limit: 1, limits: { a: 1, b: 1 } },
    ],
    ['one of an unknown provider takes a place too', 4, { a: INFINITE }, { x: 1 }, { limit: 3, limits: { a: 3 } }],
    ['there may be no provider', 2, {}, {}, { limit: 2, limits: {} }],
  ])('%s', (_, concurrency, most, taken, request) => {
    expect(places(concurrency, most, taken).request).toEqual(request);
  });

  it('knows which providers are full, and forgets those that leave', () => {
    const two = places(8, { a: INFINITE, b: 1 }, { a: 7 });
    expect([two.full, two.taken]).toEqual([['a'], 7]);
    two.enter('b');
    expect(two.full).toEqual(['a', 'b']);
    two.leave('a');
    expect(two.full).toEqual(['b']);
    two.leave('b');
    expect([two.full, two.taken]).toEqual([[], 6]);
  });
});
