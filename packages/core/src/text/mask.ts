/** Fewer digits are no phone number. */
const FEWEST_DIGITS = 7;

/** What may stand between the digits of a number, also escaped for a URL. */
const BETWEEN = String.raw`(?:[ \t\u00a0\u202f().\-/\u2010-\u2015]|%(?:20|28|29|2[ef])){0,3}`;
const DIGITS = String.raw`\p{Nd}(?:${BETWEEN}\p{Nd}){${FEWEST_DIGITS - 1},}`;

const PLUS = String.raw`(?:\+|%(?:25){0,4}2b)`;

/** Ids, times and IP addresses: they have many digits, and are no phone numbers. */
const NO_NUMBER = [
  '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  '(?=[0-9]*[a-f])[0-9a-f]{16,}',
  String.raw`\d{4}-[01]\d-[0-3]\d(?:[T ][0-2]\d:[0-5]\d(?::[0-6]\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?`,
  '\\d{8}T\\d{6}Z?',
  String.raw`(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:[:/]\d{1,5})?`,
].join('|');

/** With a plus, what comes before and after does not matter. Without one, a number is not a part of a word or of a decimal. */
const NUMBER = new RegExp(
  [PLUS + BETWEEN + DIGITS, String.raw`(?<![\p{L}\p{N}.])(?:(${NO_NUMBER})(?![\p{L}\p{N}]|\.\d)|\(?${DIGITS})`].join(
    '|',
  ),
  'giu',
);
const PLUS_NUMBER = new RegExp(PLUS + BETWEEN + DIGITS, 'giu');
const FIRST_PLUS = new RegExp(`^${PLUS}`, 'i');

/** The user of a SIP address, which may be escaped. */
const SIP_USER = /(sips?(?::|%3a))((?:%2b|[^@\s;%]){1,200})(?=@|%40)/gi;

/** Changes a text so that it can be shown. */
export type Mask = (text: string) => string;

/**
 * Masks the phone numbers in a text, and the users of SIP addresses. Ids, times and IP addresses stay.
 *
 * @example
 * ```ts
 * import { mask } from '@call-status/core/inbox';
 *
 * mask('from +15551234567'); // 'from +1555•••4567'
 * ```
 */
export function mask(text: string): string {
  return text
    .replace(SIP_USER, (_, scheme: string, user: string) => scheme + maskNumber(user))
    .replace(NUMBER, (found: string, other: string | undefined) => other ?? maskNumber(found));
}

/**
 * Masks the phone numbers in an id: only those that begin with `+`, since other digits are part of the id.
 *
 * @example
 * ```ts
 * import { maskId } from '@call-status/core/inbox';
 *
 * maskId('1712345678-+15551234567'); // '1712345678-+1555•••4567'
 * ```
 */
export function maskId(text: string): string {
  return text.replace(PLUS_NUMBER, (number) => maskNumber(number));
}

/** The keys whose values are ids. */
const IDS: ReadonlySet<string> = new Set([
  'id',
  'eventId',
  'callId',
  'parentCallId',
  'tenant',
  'cursor',
  'next',
  'ids',
]);

function maskByKey(text: string, key: string): string {
  return IDS.has(key) ? maskId(text) : mask(text);
}

/**
 * Masks every text in a value of JSON. Ids stay as they are unless they contain a number that begins with `+`.
 *
 * @param how masks a text, given its key or that of its list; empty for a text without one
 * @example
 * ```ts
 * import { maskDeep } from '@call-status/core/inbox';
 *
 * maskDeep({ callId: '15551234567', from: '+15551234567' }); // { callId: '15551234567', from: '+1555•••4567' }
 * ```
 */
export function maskDeep<Value>(value: Value, how: (text: string, key: string) => string = maskByKey): Value {
  return masked(value, '', how) as Value;
}

function masked(value: unknown, key: string, how: (text: string, key: string) => string): unknown {
  if (typeof value === 'string') return how(value, key);
  if (Array.isArray(value)) return value.map((one) => masked(one, key, how));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, masked(one, name, how)]));
}

/** The first and the last digits stay, so that people recognize their own numbers. */
function maskNumber(text: string): string {
  const plus = FIRST_PLUS.exec(text)?.[0] ?? '';
  const digits =
    text
      .slice(plus.length)
      .replace(ESCAPE, '')
      .match(/\p{Nd}/gu) ?? [];
  if (digits.length < FEWEST_DIGITS) return `${text.slice(0, 1)}•••`;
  const [first, last] = digits.length >= 11 ? [4, 4] : [3, 2];
  return `${plus}${digits.slice(0, first).join('')}•••${digits.slice(-last).join('')}`;
}

const ESCAPE = /%[\da-f]{2}/gi;
