import { storedText } from './stored.ts';

/** In characters. */
const LONGEST_INPUT = 1000;
const LONGEST_GROUP = 200;

/** Stands for what differs between errors of one kind. */
const VARIES = '*';

const URL = /[a-z][a-z\d+.-]{0,30}:\/\/[^\s"'`<>()]+/gi;
const E_MAIL = /[^\s@"'`<>()]{1,64}@[^\s@"'`<>()]{1,255}/g;
/** The user of a SIP address, which may be escaped. Where it stays, the group would be masked when it is shown. */
const SIP_USER = /sips?(?::|%3a)[^@\s]{1,600}?(?=@|%40)/gi;
const QUOTED = /"[^"]*"|`[^`]*`|(?<!\w)'[^']*'(?!\w)|“[^”]*”|‘[^’]*’/g;
/** UUIDs, and ids of hexadecimal digits, even with a prefix of letters. */
const HEXADECIMAL = /[\da-f][\da-f-]{6,}[\da-f]/gi;
const NUMBER = /\p{Nd}+(?:\.\p{Nd}+)*/gu;

/**
 * What errors with the same cause have in common: the first line of the text, without its numbers, hexadecimal ids, quotations, URLs and
 * e-mail addresses.
 * @example errorGroupOf('No user 17 in "eu-1"') // 'No user * in *'
 */
export function errorGroupOf(text: string): string {
  const line = text
    .slice(0, LONGEST_INPUT)
    .trim()
    .split(/[\r\n]/, 1)[0] as string;
  const group = line
    .replaceAll(URL, VARIES)
    .replaceAll(E_MAIL, VARIES)
    .replaceAll(QUOTED, VARIES)
    .replaceAll(SIP_USER, VARIES)
    .replaceAll(HEXADECIMAL, (run) => (/\d/.test(run) ? VARIES : run))
    .replaceAll(NUMBER, VARIES);
  return storedText(group, LONGEST_GROUP) as string;
}
