/** Control, format and unassigned characters, halves of characters, and every separator but the space. */
const UNPRINTABLE = /(?! )[\p{C}\p{Z}]/u;
const EACH_UNPRINTABLE = /(?! )[\p{C}\p{Z}]/gu;
const EACH_BUT_LINE_FEED = /(?![ \n])[\p{C}\p{Z}]/gu;

const ASCII = /^[ -~]*$/;

/** Whether a text is safe to display: nothing in it ends a line, changes the writing direction or is invisible. */
export function isPrintable(text: string): boolean {
  // Nearly every text is ASCII, for which this takes a fraction of the time.
  return ASCII.test(text) || !UNPRINTABLE.test(text);
}

/** A text for a log: characters that end a line, change the writing direction or are invisible are escaped, such as `\u{202e}`. */
export function printable(text: string): string {
  return isPrintable(text) ? text : text.replace(EACH_UNPRINTABLE, escaped);
}

/** The same for a stack trace, which keeps its lines. */
export function printableLines(text: string): string {
  return text.replace(EACH_BUT_LINE_FEED, escaped);
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
