import { isIP } from 'node:net';
import { printable } from './printable.ts';

/** Fewer digits are no phone number. */
const FEWEST_DIGITS = 7;

/** At least this many digits, of any script, with only punctuation between them. */
const MAY_BE_A_PHONE_NUMBER = new RegExp(`(?:\\p{N}[^\\p{L}\\p{N}]*){${FEWEST_DIGITS}}`, 'u');

/** Digit runs that are not phone numbers: UUIDs, long hexadecimal ids with a letter in them, and times. */
const NO_PHONE_NUMBER = [
  '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  '(?:[a-z]{2})?(?=[0-9]*[a-f])[0-9a-f]{16,}',
  // ISO 8601, and the same with a space.
  '\\d{4}-[01]\\d-[0-3]\\d[T ][0-2]\\d:[0-5]\\d:[0-6]\\d(?:\\.\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)?',
  // RFC 2822.
  '[0-3]?\\d [a-z]{3} \\d{4} [0-2]\\d:[0-5]\\d:[0-6]\\d(?: [+-]\\d{4})?',
].join('|');
const IS_NO_PHONE_NUMBER = new RegExp(`^(?:${NO_PHONE_NUMBER})$`, 'i');
const EACH_NO_PHONE_NUMBER = new RegExp(`(?<![0-9a-z])(?:${NO_PHONE_NUMBER})(?![0-9a-z])`, 'gi');

/** Whether a text may contain a phone number, in whatever punctuation, and also behind percent-escapes. */
export function mayHavePhoneNumber(text: string): boolean {
  if (hasFewDigits(text) || IS_NO_PHONE_NUMBER.test(text)) return false;
  const plain = unescaped(text);
  return MAY_BE_A_PHONE_NUMBER.test(plain) && MAY_BE_A_PHONE_NUMBER.test(plain.replace(EACH_NO_PHONE_NUMBER, 'x'));
}

/** Whether there are too few digits for a phone number between any two letters. Asked of each event, and a loop is fastest. */
export function hasFewDigits(text: string): boolean {
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f || code === PERCENT) return false;
    if (code >= 0x30 && code <= 0x39) digits++;
    else if (isLetter(code)) digits = 0;
    if (digits === FEWEST_DIGITS) return false;
  }
  return true;
}

const PERCENT = 0x25;

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** Escapes of escapes too. */
function unescaped(text: string): string {
  let plain = text;
  for (let times = 0; times < MOST_ESCAPES && plain.includes('%'); times++) {
    plain = plain.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString());
  }
  return plain;
}

const MOST_ESCAPES = 4;

/** IP addresses with ports, and dates, which occur in errors besides times and ids. */
const ALSO_NO_PHONE_NUMBER =
  '(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?::\\d{1,5})?|\\d{4}-[01]\\d-[0-3]\\d';
const EACH_PHONE_NUMBER = new RegExp(
  `(?<![0-9a-z.])(${NO_PHONE_NUMBER}|${ALSO_NO_PHONE_NUMBER})(?![0-9a-z]|\\.\\d)|(?<![+(])[+(]*(?:\\p{N}[^\\p{L}\\p{N}]*){${FEWEST_DIGITS - 1},}\\p{N}`,
  'giu',
);
/** Contains a file with line and column, but no user text. */
const STACK_FRAME = /^\s+at /;

/** A foreign text, such as a stack trace, with `…` in place of possible phone numbers. */
export function withoutPhoneNumbers(text: string): string {
  return text
    .split('\n')
    .map((line) => (STACK_FRAME.test(line) ? line : withoutThoseOf(line)))
    .join('\n');
}

function withoutThoseOf(line: string): string {
  const shown = line.replace(EACH_PHONE_NUMBER, (_, other?: string) => other ?? HIDDEN);
  return shown.includes('%') && mayHavePhoneNumber(shown) ? HIDDEN : shown;
}

/** A short text chosen by a client, if it is safe to show. */
export function loggableWord(word: string): string {
  return mayHavePhoneNumber(word) ? HIDDEN : printable(word);
}

/** Longer URLs are cut: anyone can send them. */
const LONGEST_URL = 500;

/** Scheme and host, path, query; a fragment is not shown. */
const PARTS = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)(?:\?([^#]*))?/is;

/**
 * A URL for a log: only plain words of the path, since other segments may be secrets or phone numbers; names of query parameters without
 * values; no credentials and no fragment.
 */
export function loggableUrl(url: string): string {
  const [, origin = '', path = '', query] = PARTS.exec(url) as RegExpExecArray;
  const shown = originOf(origin) + path.split('/').map(segmentOf).join('/');
  return cut(printable(query === undefined ? shown : `${shown}?${query.split('&').map(parameterOf).join('&')}`));
}

/** A URL to keep: the path without long runs of digits and what may be a phone number, and the query without values. */
export function keptUrl(url: string): string {
  const [, , path = '', query] = PARTS.exec(url) as RegExpExecArray;
  const shown = path.split('/').map(keptSegmentOf).join('/');
  return cut(printable(query === undefined ? shown : `${shown}?${query.split('&').map(parameterOf).join('&')}`));
}

function keptSegmentOf(segment: string): string {
  return mayHavePhoneNumber(segment) ? HIDDEN : segment.replace(LONG_NUMBER, HIDDEN);
}

const LONG_NUMBER = new RegExp(`\\d{${FEWEST_DIGITS},}`, 'g');

function cut(url: string): string {
  return url.length <= LONGEST_URL ? url : `${url.slice(0, LONGEST_URL)}…`;
}

const HIDDEN = '…';

function originOf(origin: string): string {
  const [, scheme = '', user = '', host = ''] = /^(.*?:\/\/)?(.*@)?(.*)$/s.exec(origin) as RegExpExecArray;
  return scheme + (user && `${HIDDEN}@`) + (isPlainHost(host) ? host : HIDDEN);
}

/** Four numbers are an IP address, including in names such as `ip-10-0-12-144`. */
const FOUR_NUMBERS = /(?<!\d)(?:\d{1,3}[.-]){3}\d{1,3}(?!\d)/g;

function isPlainHost(host: string): boolean {
  const name = host.replace(/:\d{1,5}$/, '');
  if (/^\[.*\]$/.test(name)) return isIP(name.slice(1, -1)) === 6;
  return /^[\p{L}\p{N}._-]*$/u.test(name) && !mayHavePhoneNumber(name.replace(FOUR_NUMBERS, 'x'));
}

/** `status`, `Voice`, `statusCallback`, `call_status.json`, `v1`: up to four words. A digit or random casing may come from a secret. */
const WORD = /^(?:[a-z]{1,15}(?:[A-Z][a-z]{2,14}){0,2}|[A-Z][a-z]{1,14}|[A-Z]{1,10}|v\d{1,2})$/;

function segmentOf(segment: string): string {
  const words = segment.split(/[-_.]/);
  return segment === '' || (words.length <= 4 && words.every((word) => WORD.test(word))) ? segment : HIDDEN;
}

const PLAIN_NAME = /^[a-z][\w.[\]-]{0,31}$/i;

/** A parameter without a value may itself be a secret. */
function parameterOf(parameter: string): string {
  if (parameter === '') return '';
  const end = parameter.indexOf('=');
  const name = parameter.slice(0, end);
  const isShown = end >= 0 && PLAIN_NAME.test(name) && !mayHavePhoneNumber(name);
  return `${isShown ? name : HIDDEN}${end < 0 ? '' : `=${HIDDEN}`}`;
}
