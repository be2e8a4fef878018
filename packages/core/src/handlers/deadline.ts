import { clearTimeout, LONGEST_TIMER_MS, setTimeout } from '../timer.ts';

/** Resolves to whether the promise settled before the deadline. */
export async function withDeadline(promise: Promise<unknown>, deadlineMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, Math.min(deadlineMs, LONGEST_TIMER_MS), false);
  });
  try {
    return await Promise.race([promise.then(() => true), over]);
  } finally {
    clearTimeout(timer);
  }
}
