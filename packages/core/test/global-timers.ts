// In place of src/timer.ts, for tests that fake the timers of the product itself: whatever the globals are at the time of the call.
import type { Timers } from '../src/timer.ts';

type Run = (...args: unknown[]) => void;

export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

export function setTimeout(run: Run, ms: number, ...args: unknown[]): NodeJS.Timeout {
  return globalThis.setTimeout(() => run(...args), ms);
}

export function setInterval(run: Run, ms: number): NodeJS.Timeout {
  return globalThis.setInterval(() => run(), ms);
}

export function setImmediate(run: Run): NodeJS.Immediate {
  return globalThis.setImmediate(() => run());
}

export function clearTimeout(timer: NodeJS.Timeout | undefined): void {
  globalThis.clearTimeout(timer);
}

export function clearInterval(timer: NodeJS.Timeout | undefined): void {
  globalThis.clearInterval(timer);
}

export function monotonicNow(): number {
  return performance.now();
}

export const nodeTimers: Timers = {
  now: monotonicNow,
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  every(ms, callback) {
    const timer = setInterval(callback, ms);
    return () => clearInterval(timer);
  },
};
