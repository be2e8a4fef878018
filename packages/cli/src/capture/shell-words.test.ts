import { describe, expect, it } from 'vitest';
import { shellWords } from './shell-words.ts';

describe('words of a command', () => {
  it.each<[string, string[]]>([
    ['curl \ta\r', ['curl', 'a']],
    [`a'b'"c"d`, ['abcd']],
    [`a '' ""`, ['a', '', '']],
    ['a # the end', ['a']],
    ['a#b', ['a#b']],
    ['a\\ b \\"', ['a b', '"']],
    ['a\\', ['a\\']],
    [`'a\\n"$b'`, ['a\\n"$b']],
    ['"a\\"b\\\\c\\$d\\`e\\n"', ['a"b\\c$d`e\\n']],
    [`$'a\\n\\t\\'\\"\\q'`, [`a\n\t'"\\q`]],
    [`$'\\x41\\101\\u00fc'`, [`AA${Buffer.from('ü').toString('latin1')}`]],
    ['a $', ['a', '$']],
  ])('%j', (text, words) => {
    expect(shellWords(text)).toEqual({ words, endedBy: '' });
  });

  it.each(['\n', '\r\n'])('on lines that end with a backslash and %j', (end) => {
    expect(shellWords(`a \\${end}  b\\${end}c "d\\${end}e" 'f\\${end}g'`).words).toEqual([
      'a',
      'bc',
      'de',
      `f\\${end}g`,
    ]);
  });

  it.each(['|', ';', '&', '<', '>', '(', ')', '\n'])('end at %j', (operator) => {
    expect(shellWords(`\na b${operator}c`)).toEqual({ words: ['a', 'b'], endedBy: operator });
  });
});
