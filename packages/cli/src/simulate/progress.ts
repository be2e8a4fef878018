import { duration } from '../output/duration.ts';
import { grouped, perSecond } from './summary.ts';
import type { Tally } from './tally.ts';

const EVERY_MS = 200;

/**
 * Shows on a line of the terminal how far the sending is; nothing elsewhere.
 *
 * @returns ends it, and clears the line
 */
export function showProgress(tally: Tally, calls: number, isWanted: boolean): () => void {
  if (!isWanted || process.stderr.isTTY !== true) return () => {};
  const startedAt = performance.now();
  let before = { at: startedAt, callbacks: 0 };
  const timer = setInterval(() => {
    const at = performance.now();
    const rate = perSecond(tally.callbacks - before.callbacks, at - before.at);
    before = { at, callbacks: tally.callbacks };
    const leftMs = tally.calls === 0 ? 0 : ((at - startedAt) * (calls - tally.calls)) / tally.calls;
    const left = tally.calls === 0 ? '' : `, ${duration(leftMs)} left`;
    process.stderr.write(
      `\r\x1b[K  ${grouped(tally.calls)} of ${grouped(calls)} calls, ${grouped(rate)} callbacks/s${left}`,
    );
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    process.stderr.write('\r\x1b[K');
  };
}
