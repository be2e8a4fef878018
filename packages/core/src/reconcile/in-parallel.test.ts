import { expect, it } from 'vitest';
import { inParallel } from './in-parallel.ts';

it('runs so many at a time, and each once', async () => {
  let running = 0;
  let most = 0;
  const ran: number[] = [];
  await inParallel([1, 2, 3, 4, 5], 2, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
    ran.push(item);
  });
  expect([most, new Set(ran).size, ran.length]).toEqual([2, 5, 5]);
});

it('begins no more after a failure, and waits for those that run', async () => {
  const ended: number[] = [];
  const running = inParallel([1, 2, 3, 4], 2, async (item) => {
    if (item === 1) throw new Error('one');
    await new Promise(setImmediate);
    ended.push(item);
    throw new Error('another');
  });
  await expect(running).rejects.toThrow('one');
  expect(ended).toEqual([2]);
});
