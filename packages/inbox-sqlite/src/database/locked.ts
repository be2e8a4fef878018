import { isLocked } from './errors.ts';

/** How long to sleep between two tries, where SQLite itself does not wait. */
const PAUSE_MS = 1;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * Runs again what another program's lock refuses, blocking this thread. SQLite can wait by itself, but it soon looks only ten times a
 * second: a process that commits without a pause frees the lock for a moment at a time, and another would not start beside it.
 *
 * @param run may have been run in part before
 * @throws what `run` throws for another reason, or after `waitMs`
 */
export function whileLocked<T>(waitMs: number, run: () => T): T {
  const until = performance.now() + waitMs;
  for (;;) {
    try {
      return run();
    } catch (error) {
      if (!isLocked(error) || performance.now() >= until) throw error;
      Atomics.wait(sleeper, 0, 0, PAUSE_MS);
    }
  }
}
