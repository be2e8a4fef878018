import { describe, expect, it } from 'vitest';
import { parseContentType } from './content-type.ts';
import { DEFAULT_LIMITS } from './fields.ts';
import { decodeFormBody } from './form.ts';

function decoded(body: Uint8Array | string, charset?: string): unknown {
  const type = `application/x-www-form-urlencoded${charset === undefined ? '' : `; charset=${charset}`}`;
  return { ...decodeFormBody(Buffer.from(body as string), parseContentType(type), DEFAULT_LIMITS).toRecord() };
}

/** Texts and their bytes in a charset. */
const TEXTS: readonly (readonly [charset: string, text: string, bytes: readonly number[]])[] = [
  ['utf-8', 'João', [0x4a, 0x6f, 0xc3, 0xa3, 0x6f]],
  ['ISO-8859-1', 'João', [0x4a, 0x6f, 0xe3, 0x6f]],
  ['windows-1252', 'é', [0xe9]],
  ['windows-1252', '€“–”Ž\x81', [0x80, 0x93, 0x96, 0x94, 0x8e, 0x81]],
  ['latin1', 'O’Hara™', [0x4f, 0x92, 0x48, 0x61, 0x72, 0x61, 0x99]],
  ['iso-8859-15', '€', [0xa4]],
  ['koi8-r', 'Да', [0xe4, 0xc1]],
  ['windows-1251', 'Да', [0xc4, 0xe0]],
  ['shift_jis', 'ア', [0x83, 0x41]],
  ['euc-jp', 'ア', [0xa5, 0xa2]],
  ['gbk', '中文', [0xd6, 0xd0, 0xce, 0xc4]],
  ['big5', '中', [0xa4, 0xa4]],
  ['euc-kr', '한', [0xc7, 0xd1]],
];

/** Escaped where it has to be: letters and digits may stand for themselves, even where they are half of a character. */
function escaped(bytes: readonly number[], all: boolean): string {
  return bytes
    .map((byte) => (!all && /\w/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : percent(byte)))
    .join('');
}

function percent(byte: number): string {
  return `%${byte.toString(16).padStart(2, '0')}`;
}

describe.each(TEXTS)('in %s, %s', (charset, text, bytes) => {
  it('is read in names and values, as raw bytes and as escapes', () => {
    const expected = { [text]: `${text} ${text}`, a: '+&=%' };
    const raw = Buffer.from(bytes);
    const plus = Buffer.from('+');
    const rest = '&a=%2B%26=%25';
    expect(decoded(Buffer.concat([raw, Buffer.from('='), raw, plus, raw, Buffer.from(rest)]), charset)).toEqual(
      expected,
    );
    for (const all of [true, false]) {
      const part = escaped(bytes, all);
      expect(decoded(`${part}=${part}+${part}${rest}`, charset)).toEqual(expected);
    }
  });
});

it('in UTF-16 is read as raw characters and as escapes', () => {
  const body = Buffer.from('CallerName=Jo%e3%00o+é&a=b', 'utf16le');
  for (const name of ['unicode', 'UCS-2', 'iso-10646-ucs-2'])
    expect(decoded(body, name)).toEqual(decoded(body, 'utf-16le'));
  expect(decoded(body, 'utf-16le')).toEqual({ CallerName: 'João é', a: 'b' });
});

it('of an unknown charset is refused', () => {
  expect(() => decoded('a=b', 'klingon')).toThrow(expect.objectContaining({ code: 'unsupported_encoding' }));
});

it.each([
  ['UTF-8', undefined],
  ['another charset, which the mark overrules', 'iso-8859-1'],
])('has no byte order mark in its first name: %s', (_, charset) => {
  const body = Buffer.from('\ufeffCallerName=João');
  expect(decoded(body, charset)).toEqual({ CallerName: 'João' });
  expect(decoded('%EF%bb%bfCallerName=x')).toEqual({ CallerName: 'x' });
  expect(decoded('CallerName=%EF%BB%BFx')).toEqual({ CallerName: '\ufeffx' });
});
