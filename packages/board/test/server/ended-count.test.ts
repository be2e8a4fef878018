import type { Inbox } from '@call-status/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HealthReader } from '../../src/live/health-reader.ts';
import { subject } from './board-under-test.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const SECOND = 1000;

/** An inbox whose counts take as long as the test says. */
function counted(): {
  reader: HealthReader;
  count: ReturnType<typeof vi.fn>;
  finish: (ended: number) => Promise<void>;
} {
  let resolve = (_: object): void => {};
  const count = vi.fn(
    () =>
      new Promise((answer) => {
        resolve = answer;
      }),
  );
  const inbox = { counts: count, health: async () => ({}) } as unknown as Inbox;
  const reader = new HealthReader(inbox, undefined, undefined);
  const finish = async (ended: number): Promise<void> => {
    resolve({ ended });
    await new Promise(setImmediate);
  };
  return { reader, count, finish };
}

describe('ended calls', () => {
  it('are counted at most one hundredth of the time, one count at a time, and nothing waits for them', async () => {
    const { reader, count, finish } = counted();
    expect(await reader.read()).toEqual({ health: {} });
    vi.advanceTimersByTime(2 * SECOND);
    expect(await reader.read()).toEqual({ health: {} });
    await finish(7);
    expect(await reader.read()).toEqual({ health: {}, ended: 7 });
    vi.advanceTimersByTime(199 * SECOND);
    expect(await reader.read()).toEqual({ health: {}, ended: 7 });
    expect(count).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(SECOND);
    expect(await reader.read()).toEqual({ health: {}, ended: 7 });
    expect(count).toHaveBeenCalledTimes(2);
    await finish(8);
    expect(await reader.read()).toEqual({ health: {}, ended: 8 });
  });

  it('stay what they were when a count fails, which is tried again as late', async () => {
    const { reader, count, finish } = counted();
    await reader.read();
    await finish(7);
    count.mockImplementationOnce(async () => {
      vi.advanceTimersByTime(SECOND);
      throw new Error('too slow');
    });
    await reader.read();
    vi.advanceTimersByTime(99 * SECOND);
    expect(await reader.read()).toEqual({ health: {}, ended: 7 });
    expect(count).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(SECOND);
    await reader.read();
    expect(count).toHaveBeenCalledTimes(3);
  });

  it('are up to date where counting takes no time', async () => {
    const { get, receive } = subject();
    expect((await get('/api/health')).body.ended).toBe(0);
    await receive({ CallSid: 'CA1', CallStatus: 'busy' });
    expect((await get('/api/health')).body.ended).toBe(1);
  });
});
