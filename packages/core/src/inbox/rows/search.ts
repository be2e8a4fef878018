import { isStorable } from './stored.ts';

const LEAST_DIGITS = 4;

/** No number is longer. */
const MOST_DIGITS = 32;

/** How people write numbers. */
const NUMBER = /^[\d+\-\s.()]+$/;

/**
 * The digits of a number, for searching; `null` if it has fewer than four. Of a SIP address, only the part before the `@` counts.
 * @example digitsOf('+1 (555) 010-0001') // '15550100001'
 */
export function digitsOf(number: string): string | null {
  const user = number.split('@', 1)[0] as string;
  const digits = user.replaceAll(/\D/g, '').slice(0, MOST_DIGITS);
  return digits.length < LEAST_DIGITS ? null : digits;
}

/** What to search for. A call matches if either matches; without both, none does. */
export interface CallSearch {
  /** How the id of the call begins; `%` and `_` have no meaning. */
  readonly callIdPrefix?: string;
  /** The first or the last digits of the number that called or was called. */
  readonly digits?: string;
}

/**
 * What a `search` of a valid query looks for.
 * @example searchOf('+1 555 010') // { callIdPrefix: '+1 555 010', digits: '1555010' }
 */
export function searchOf(text: string): CallSearch {
  const digits = NUMBER.test(text) ? digitsOf(text) : null;
  return { ...(isStorable(text) && { callIdPrefix: text }), ...(digits !== null && { digits }) };
}
