import { CallStatusError, type ErrorDetails } from '../errors.ts';
import { exponentialBackoff, type RetryOptions } from '../retry.ts';

/** Milliseconds until the next attempt. A `backoff` that fails is reported, and replaced by the default. */
export function pauseAfter(
  { backoff = exponentialBackoff }: RetryOptions,
  attempt: number,
  about: ErrorDetails,
  report: (error: CallStatusError) => void,
): number {
  try {
    const pause = backoff(attempt);
    if (Number.isFinite(pause)) return pause;
    throw new TypeError('backoff() must return a number of milliseconds.');
  } catch (cause) {
    report(new CallStatusError('invalid_options', { ...about, issues: [BACKOFF_FAILED] }, { cause }));
    return exponentialBackoff(attempt);
  }
}

const BACKOFF_FAILED = 'retry.backoff: threw or did not return a number of milliseconds; the default is used.';
