import { clearTimeout, LONGEST_TIMER_MS, setTimeout } from '../timer.ts';

/** Resolves to whether the promise settled before the deadline. */
export function withDeadline(promise: Promise<unknown>, deadlineMs: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, Math.min(deadlineMs, LONGEST_TIMER_MS), false);
    promise.then(
      () => {
        clearTimeout(timer);
        resolve(true);
      },
      (cause: Error) => {
        clearTimeout(timer);
        reject(cause);
      },
    );
  });
}
