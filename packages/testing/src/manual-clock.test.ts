import { setImmediate } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { manualClock } from './manual-clock.ts';

it('begins when it is told to, else now, and moves only then', () => {
  expect(manualClock(7).now()).toBe(7);
  const before = Date.now();
  const clock = manualClock();
  expect(clock.now()).toBeGreaterThanOrEqual(before);
  expect(clock.advance(1000)).toBe(clock.now());
});

it('runs what is due in its order, what repeats once, and nothing that was cancelled', () => {
  const { timers, advance } = manualClock(0);
  const ran: string[] = [];
  timers.after(20, () => ran.push('b'));
  timers.after(10, () => {
    ran.push('a');
    cancel();
  });
  const cancel = timers.after(20, () => ran.push('cancelled'));
  const stop = timers.every(5, () => ran.push('each'));
  advance(4);
  expect(ran).toEqual([]);
  advance(16);
  expect(ran).toEqual(['each', 'a', 'b']);
  advance(4);
  expect(ran).toHaveLength(3);
  advance(1);
  expect(ran).toEqual(['each', 'a', 'b', 'each']);
  stop();
  advance(100);
  expect(ran).toHaveLength(4);
});

it('is set back without anything becoming due twice', () => {
  const { timers, advance, now } = manualClock(100);
  const run = vi.fn();
  timers.after(10, run);
  expect(advance(-50)).toBe(50);
  expect([now(), timers.now()]).toEqual([50, 0]);
  advance(10);
  expect(run).toHaveBeenCalledOnce();
});

it('does not wait for a test where nothing has to be waited for', async () => {
  const run = vi.fn();
  manualClock(0).timers.after(0, run);
  expect(run).not.toHaveBeenCalled();
  await setImmediate();
  expect(run).toHaveBeenCalledOnce();
});
