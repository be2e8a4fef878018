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

/** A message on one line. */
export function printableLine(text: string): string {
  return safe(text.replace(/\s*\n\s*/g, ' '));
}
