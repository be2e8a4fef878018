import { time } from '../../provider/time.ts';

/** A provider that says 0 is not asked in a loop. */
const LEAST_MS = 1000;

/** A mistake in the header, such as milliseconds, does not stop everything for days. */
const MOST_MS = 3_600_000;

/**
 * How long a provider asks to wait, in milliseconds.
 *
 * @param header the value of `Retry-After`: seconds, or a date
 * @param nowMs milliseconds since the epoch
 * @returns `undefined` if it says nothing
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const given = header?.trim() ?? '';
  const ms = /^\d+$/.test(given) ? Number(given) * 1000 : Date.parse(time(given) ?? '') - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, LEAST_MS), MOST_MS);
}
