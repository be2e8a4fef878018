import type { AnsweredBy, CallStatus, Direction } from '../event.ts';

/**
 * Reads a string. All readers of fields follow the same rules, for all providers and encodings:
 *
 * - Absent are a missing name, null, an empty or blank text, and the word `null` in any case.
 * - White space around a value is ignored. A number counts as its decimal string.
 * - A repeated name has one value if all its values are equal, and none if they differ.
 *
 * @returns `undefined` if absent or not a string
 * @example text(' Jane Smith ') // 'Jane Smith'
 */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return trimmed(value);
  return value === undefined ? undefined : oneOf(value, text, plainText);
}

function plainText(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : undefined;
}

function trimmed(value: string): string | undefined {
  const inner = value.trim();
  return inner === '' || (inner.length === 4 && inner.toLowerCase() === 'null') ? undefined : inner;
}

/** The common value of a list, or the value itself. */
function oneOf<Read>(
  value: unknown,
  read: (value: unknown) => Read | undefined,
  otherwise: (value: unknown) => Read | undefined,
): Read | undefined {
  return Array.isArray(value) ? common(value, read) : otherwise(value);
}

function common<Read>(values: readonly unknown[], read: (value: unknown) => Read | undefined): Read | undefined {
  const found = new Set(values.map(read));
  found.delete(undefined);
  return found.size === 1 ? [...found][0] : undefined;
}

/**
 * Reads a word for comparison: a {@link text} in lower case.
 * @example word(' In-Progress ') // 'in-progress'
 */
export function word(value: unknown): string | undefined {
  return Array.isArray(value) ? common(value, word) : text(value)?.toLowerCase();
}

/**
 * Reads an id: a {@link text}, but not a number, since JSON may have lost its last digits.
 * @example id(' CA1 ') // 'CA1'
 */
export function id(value: unknown): string | undefined {
  return typeof value === 'string' ? trimmed(value) : oneOf(value, id, () => undefined);
}

/** Whether a value is a status or means that there is none; a name with several different values is neither. */
export function isStatus(value: unknown): boolean {
  if (!Array.isArray(value)) return value === null || typeof value === 'string';
  return value.every(isStatus) && new Set(value.map(text).filter((each) => each !== undefined)).size <= 1;
}

/**
 * Whether a field has a value, of any type.
 * @example hasValue(' null ') // false
 */
export function hasValue(value: unknown): boolean {
  if (typeof value === 'string') return trimmed(value) !== undefined;
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasValue);
  return value !== undefined && value !== null;
}

/** An unescaped plus has become a space. Names such as `client:alice west` have no space before a digit. */
const LOST_PLUS = /^(?:\s*(sips?:|tel:) +|\s+(?<= ))(?=\d)/i;

/**
 * Reads a phone number or address, as sent; restores a leading plus that was decoded as a space.
 * @example phone(' 15551230001') // '+15551230001'
 */
export function phone(value: unknown): string | undefined {
  if (typeof value !== 'string') return oneOf(value, phone, plainText);
  return trimmed(value.includes(' ') ? value.replace(LOST_PLUS, '$1+') : value);
}

const DECIMAL = /^[+-]?\d+(?:\.\d+)?$/;

/**
 * Reads a finite number, also from a decimal text. Anything else is absent.
 * @example number('20.01') // 20.01
 */
export function number(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return common(value, number);
  const given = typeof value === 'number' ? value : text(value);
  const parsed = typeof given === 'string' && DECIMAL.test(given) ? Number(given) : given;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
}

/**
 * Reads a {@link number} within a range, ends included; numbers outside it are absent.
 * @example within('4.3', 1, 5) // 4.3
 */
export function within(value: unknown, least: number, most: number): number | undefined {
  const given = number(value);
  return given !== undefined && given >= least && given <= most ? given : undefined;
}

/**
 * Reads a number of seconds or milliseconds, from 0. Some providers say "not yet" with -1.
 * @example span('-1') // undefined
 */
export function span(value: unknown): number | undefined {
  return within(value, 0, Number.MAX_SAFE_INTEGER);
}

/**
 * Reads a count: an integer from 0.
 * @example count('2829') // 2829
 */
export function count(value: unknown): number | undefined {
  return whole(span(value));
}

/**
 * Reads a SIP response code, 100 to 699.
 * @example sipCode('486') // 486
 */
export function sipCode(value: unknown): number | undefined {
  return whole(within(value, 100, 699));
}

function whole(given: number | undefined): number | undefined {
  return Number.isInteger(given) ? given : undefined;
}

/**
 * Reads a direction: `inbound`, `incoming`; `outbound`, `outbound-api`, `outbound-dial`, `outgoing`.
 * @example direction('outbound-api') // 'outbound'
 */
export function direction(value: unknown): Direction | undefined {
  const given = word(value) ?? '';
  const dash = given.indexOf('-');
  switch (dash < 0 ? given : given.slice(0, dash)) {
    case 'inbound':
    case 'incoming':
      return 'inbound';
    case 'outbound':
    case 'outgoing':
      return 'outbound';
    default:
      return undefined;
  }
}

/**
 * Who picked up: `human`; `machine`, `machine_start`, `machine_end_beep`, `machine_end_silence`, `machine_end_other`; `fax`.
 * `NA` (not applicable) is absent, any other word is `unknown`.
 * @example answeredBy('machine_end_beep') // 'machine'
 */
export function answeredBy(value: unknown): AnsweredBy | undefined {
  const given = word(value);
  if (given === undefined || given === 'na') return undefined;
  if (given === 'human' || given === 'fax') return given;
  return given === 'machine' || given.startsWith('machine_') ? 'machine' : 'unknown';
}

/**
 * The normal form of a provider's status word: looked up as sent, then trimmed and in lower case; `unknown` if neither is found.
 *
 * @example statusOf({ over: 'completed' }, ' Over') // 'completed'
 */
export function statusOf(statuses: Readonly<Record<string, CallStatus>>, rawStatus: string): CallStatus {
  return own(statuses, rawStatus) ?? own(statuses, rawStatus.trim().toLowerCase()) ?? 'unknown';
}

/**
 * The status that the cause of a call's end means, from a table of the provider: by the whole word, else by the longest beginning that ends
 * in `*` there.
 */
export function statusByCause(
  causes: Readonly<Record<string, CallStatus>> | undefined,
  cause: string | undefined,
): CallStatus | undefined {
  if (causes === undefined || cause === undefined) return undefined;
  const word = cause.trim().toLowerCase();
  const whole = own(causes, word);
  if (whole !== undefined) return whole;
  const beginnings = Object.keys(causes).filter((name) => name.endsWith('*') && word.startsWith(name.slice(0, -1)));
  return causes[beginnings.sort((one, other) => other.length - one.length)[0] ?? ''];
}

/** Own properties only, so that words such as `constructor` are not found. */
function own(statuses: Readonly<Record<string, CallStatus>>, word: string): CallStatus | undefined {
  return Object.hasOwn(statuses, word) ? statuses[word] : undefined;
}

/**
 * The parts that are present; absent if there are none.
 * @example present<Sip>({ code: 486, phrase: undefined, callId: undefined }) // { code: 486 }
 */
export function present<Parts extends object>(
  parts: {
    readonly [Name in keyof Parts]?: Parts[Name] | undefined;
  },
): Parts | undefined {
  let there: Record<string, unknown> | undefined;
  for (const name in parts) {
    const value = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (value === undefined) continue;
    there ??= {};
    there[name] = value;
  }
  return there as Parts | undefined;
}

/**
 * An object's fields; an empty object for anything else.
 * @example fieldsOf(null) // {}
 */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
