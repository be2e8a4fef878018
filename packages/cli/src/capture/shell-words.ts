import { wrongUsage } from '../cli-error.ts';

/** Ends a command: pipes, lists and redirections. */
const OPERATORS = new Set(['|', ';', '&', '<', '>', '(', ')', '\n']);
const BLANKS = new Set([' ', '\t', '\r']);
/** Escaped within double quotes; a backslash before anything else stays. */
const ESCAPED_IN_QUOTES = new Set(['"', '\\', '$', '`']);
const ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries({ a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }),
);
const NUMBERED = /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3}))/y;
/** What a shell replaces: variables, and the output of other commands. */
const EXPANSION = /\$[\w{(@*#?!$-]|`/y;

/** The words of the first command, and what ended it: an operator, or the end of the text. */
export interface Command {
  readonly words: readonly string[];
  readonly endedBy: string;
}

/**
 * Splits a command into words as a POSIX shell does, with the `$'…'` of bash. Each character is a byte. Nothing is evaluated: what only a
 * shell knows is an error. Unlike bash, it keeps a `\\0`, which browsers write for a byte of the body.
 *
 * @throws CliError with the line and the cause
 */
export function shellWords(text: string): Command {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;

  while (at < text.length) {
    const character = text[at] as string;
    if (text.startsWith('\\\n', at) || text.startsWith('\\\r\n', at)) at = text.indexOf('\n', at) + 1;
    else if (BLANKS.has(character)) {
      endWord();
      at++;
    } else if (OPERATORS.has(character)) {
      endWord();
      if (words.length > 0) return { words, endedBy: character };
      if (character !== '\n') throw fail(`An operator stands before the command`, 'Begin with curl.');
      at++;
    } else if (character === '#' && word === undefined) at = endOf('\n', at);
    else word = (word ?? '') + part(character);
  }
  endWord();
  return { words, endedBy: '' };

  function endWord(): void {
    if (word !== undefined) words.push(word);
    word = undefined;
  }

  /** One quoted text or one character, and moves behind it. */
  function part(character: string): string {
    if (character === "'") return literal();
    if (character === '"') return quoted();
    if (text.startsWith("$'", at)) return ansi();
    refuseExpansion();
    if (character !== '\\') {
      at++;
      return character;
    }
    at += 2;
    return text[at - 1] ?? '\\';
  }

  function literal(): string {
    const end = text.indexOf("'", at + 1);
    if (end < 0) throw open("'");
    const value = text.slice(at + 1, end);
    at = end + 1;
    return value;
  }

  function quoted(): string {
    const start = at++;
    let value = '';
    while (text[at] !== '"') {
      if (at >= text.length) throw open('"', start);
      refuseExpansion();
      const next = text[at + 1] ?? '';
      if (text[at] === '\\' && (next === '\n' || text.startsWith('\r\n', at + 1))) at = text.indexOf('\n', at) + 1;
      else if (text[at] === '\\' && ESCAPED_IN_QUOTES.has(next)) {
        value += next;
        at += 2;
      } else value += text[at++];
    }
    at++;
    return value;
  }

  function ansi(): string {
    const start = at;
    at += 2;
    let value = '';
    while (text[at] !== "'") {
      if (at >= text.length) throw open("$'", start);
      value += text[at] === '\\' ? escaped() : text[at++];
    }
    at++;
    return value;
  }

  function escaped(): string {
    NUMBERED.lastIndex = at;
    const [all, byte, short, long, octal] = NUMBERED.exec(text) ?? [];
    if (all === undefined) {
      at += 2;
      const letter = text[at - 1] ?? '';
      // A shell keeps the backslash of an unknown escape.
      return ESCAPES.get(letter) ?? (/['"?\\]/.test(letter) ? letter : `\\${letter}`);
    }
    at += all.length;
    if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    const point = Number.parseInt((short ?? long) as string, 16);
    if (point > 0x10ffff) throw fail('An escape is not a character', 'Correct it.');
    return Buffer.from(String.fromCodePoint(point)).toString('latin1');
  }

  function refuseExpansion(): void {
    EXPANSION.lastIndex = at;
    if (!EXPANSION.test(text)) return;
    const name = /^\$\{?\w{1,60}\}?/.exec(text.slice(at, at + 64))?.[0];
    throw fail(
      name === undefined ? 'The output of another command is needed' : `The variable ${name} is needed`,
      'Put its value in its place.',
    );
  }

  function endOf(mark: string, from: number): number {
    const found = text.indexOf(mark, from);
    return found < 0 ? text.length : found;
  }

  function open(quote: string, from = at): Error {
    return fail(`A text that begins with ${quote} does not end`, 'Copy the whole command.', from);
  }

  function fail(what: string, fix: string, from = at): Error {
    return wrongUsage(`${what} (line ${text.slice(0, from).split('\n').length} of the command).`, fix);
  }
}
