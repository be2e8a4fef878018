/** Characters that move the cursor, end a line, change the writing direction or are invisible. */
const UNPRINTABLE = /(?! )[\p{C}\p{Zl}\p{Zp}]/gu;
const UNPRINTABLE_BUT_LINE_FEED = /(?![ \n])[\p{C}\p{Zl}\p{Zp}]/gu;

/** A value that others chose, for one line of a terminal: a caller's name must not drive it. */
export function safe(value: unknown): string {
  return String(value).replace(UNPRINTABLE, '');
}

/** The same for a text of several lines. */
export function safeLines(text: string): string {
  return text.replace(UNPRINTABLE_BUT_LINE_FEED, '');
}

/** A value as JSON on one line, in which those characters are escaped: the value stays the same. */
export function safeJson(value: object): string {
  return JSON.stringify(value).replace(UNPRINTABLE, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** A message on one line. */
export function printableLine(text: string): string {
  return safe(text.replace(/\s*\n\s*/g, ' '));
}
