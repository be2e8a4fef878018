import { describe, expect, it } from 'vitest';
import { codes, errors, faulty, pass, record, worker } from '../../test/worker-subject.ts';
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
      'none is reserved if that would be more than half',
      3,
      { a: INFINITE, b: INFINITE },
      { a: 1 },
      { limit: 2, limits: { a: 2, b: 2 } },
    ],
    [
      'none is reserved if there are not enough',
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

describe('a worker whose places are all taken', () => {
  it('says once what occupies them while events wait, and again after it recovered', async () => {
    let ends: (() => void)[] = [];
    const hang = () =>
      new Promise<void>((resolve) => {
        ends.push(resolve);
      });
    worker({ 'onStatus:slow': hang }, { concurrency: 2 });
    for (const callId of ['c1', 'c2']) await record(callId);
    await pass(10_000);
    expect(codes()).toEqual([]);
    await record('c3');
    await pass(2000);
    expect(codes()).toEqual(['worker_full']);
    expect(errors[0]?.message).toMatch(/1 events wait; acme: onStatus:slow runs 2 times, for up to 1[12] s/);
    await pass(60_000);
    expect(codes()).toEqual(['worker_full']);
    const running = ends;
    ends = [];
    for (const end of running) end();
    await pass(2000);
    for (const callId of ['c4', 'c5', 'c6']) await record(callId);
    await pass(5000);
    expect(codes()).toEqual(['worker_full', 'worker_full']);
  });

  it('names the most frequent handlers first', async () => {
    const hang = () => new Promise(() => {});
    worker({ one: hang }, { concurrency: 3, handlersFor: ({ callId }) => [{ name: `onStatus:${callId}`, run: hang }] });
    for (const status of ['queued', 'ringing'] as const) await record('rare', status);
    for (const tenant of ['1', '2', '3']) await record('often', 'ringing', tenant);
    await pass(5000);
    expect(errors[0]?.message).toMatch(/onStatus:often runs 2 times.*onStatus:rare runs 1 times/);
  });

  it('says nothing while handlers are quick', async () => {
    const brief = () => new Promise((resolve) => setTimeout(resolve, 1500));
    worker({ brief }, { concurrency: 1 });
    for (let call = 0; call < 10; call++) await record(`c${call}`);
    await pass(12_000);
    expect(codes()).toEqual([]);
  });

  it('leaves it to others to say that the inbox fails', async () => {
    const health = () => Promise.reject(new Error('away'));
    worker({ slow: () => new Promise(() => {}) }, { concurrency: 1, inbox: faulty({ health }) });
    for (const callId of ['c1', 'c2']) await record(callId);
    await pass(10_000);
    expect(codes()).toEqual([]);
  });
});
