import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, it } from 'vitest';
import { inNextTurn } from './next-turn.ts';

afterEach(() => process.setUncaughtExceptionCaptureCallback(null));

/** Two turns, so that what had to be put off by one is done too. */
async function turns(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}

describe('inNextTurn', () => {
  it('runs everything of one turn in a row, in order, and not before', async () => {
    const order: string[] = [];
    for (const name of ['one', 'two']) {
      inNextTurn(() => {
        order.push(name);
        process.nextTick(() => order.push(`after ${name}`));
        if (name === 'one') inNextTurn(() => order.push('the turn after'));
      });
    }
    expect(order).toEqual([]);
    await turns();
    expect(order).toEqual(['one', 'two', 'after one', 'after two', 'the turn after']);
  });

  it('runs it in the async context of the caller', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    for (const request of ['a', 'b']) storage.run(request, () => inNextTurn(() => seen.push(storage.getStore())));
    inNextTurn(() => seen.push(storage.getStore()));
    await turns();
    expect(seen).toEqual(['a', 'b', undefined]);
  });

  it('runs the rest if one throws', async () => {
    const thrown: unknown[] = [];
    process.setUncaughtExceptionCaptureCallback((error) => {
      thrown.push(error);
    });
    const done: string[] = [];
    inNextTurn(() => done.push('before'));
    inNextTurn(() => {
      inNextTurn(() => done.push('asked for by one that throws'));
      throw new Error('thrown');
    });
    inNextTurn(() => done.push('after'));
    await turns();
    await turns();
    expect(done).toEqual(['before', 'after', 'asked for by one that throws']);
    expect(thrown).toEqual([new Error('thrown')]);
  });
});
