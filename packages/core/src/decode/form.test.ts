import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type FieldRecord } from './fields.ts';
import { decodeForm } from './form.ts';

const decode = (text: string, limits = DEFAULT_LIMITS) => decodeForm(text, limits).toRecord();

/**
 * What the platform's own parser makes of a form. It takes a leading question mark away, which an empty pair prevents.
 * Node 20 garbles characters beyond ASCII beside a broken escape sequence, so they are escaped first; that is the same form.
 */
function reference(text: string): FieldRecord {
  const fields: Record<string, string | string[]> = Object.create(null);
  const params = new URLSearchParams(`&${text.replace(/[^\0-\x7F]+/g, encodeURIComponent)}`);
  for (const name of new Set(params.keys())) {
    const values = params.getAll(name);
    fields[name] = values.length > 1 ? values : (values[0] ?? '');
  }
  return fields;
}

describe('decodeForm', () => {
  it('decodes names and values', () => {
    expect(decode('CallSid=abc&From=%2B12025550123&Phrase=Busy+Here&Legs%5B0%5D=a%3Db&Empty=&Bare')).toEqual({
      CallSid: 'abc',
      From: '+12025550123',
      Phrase: 'Busy Here',
      'Legs[0]': 'a=b',
      Empty: '',
      Bare: '',
    });
  });

  it('keeps all values of a repeated name, in order', () => {
    expect(decode('a=1&b=x&a=3&a=2')).toEqual({ a: ['1', '3', '2'], b: 'x' });
  });

  it('takes an empty body, empty pairs and an empty name', () => {
    expect(decode('')).toEqual({});
    expect(decode('&&a=1&&')).toEqual({ a: '1' });
    expect(decode('=1')).toEqual({ '': '1' });
  });

  it('tolerates what is no escape sequence, and bytes that are not UTF-8', () => {
    expect(decode('a=100%&b=%zz%41&c=%ff%C3%A9&d=é%&%=1')).toEqual({
      a: '100%',
      b: '%zzA',
      c: '\uFFFDé',
      d: 'é%',
      '%': '1',
    });
  });

  it('has no prototype, so that a signature covers fields of any name', () => {
    const fields = decode('__proto__=1&constructor=2&__proto__=3');
    expect(Object.getPrototypeOf(fields)).toBeNull();
    expect(Object.entries(fields)).toEqual([
      ['__proto__', ['1', '3']],
      ['constructor', '2'],
    ]);
    expect(Object.hasOwn(Object.prototype, '1')).toBe(false);
  });

  it('takes as many fields as the limit says, and no more', () => {
    const limits = { ...DEFAULT_LIMITS, fields: 3 };
    expect(Object.keys(decode('a=1&b=2&c=3', limits))).toHaveLength(3);
    expect(() => decode('a=1&b=2&c=3&d=4', limits)).toThrow(
      expect.objectContaining({ code: 'body_too_large', message: expect.stringContaining('limits.fields') }),
    );
    expect(decode('a=1&&b=2', { ...limits, fields: Number.POSITIVE_INFINITY })).toEqual({ a: '1', b: '2' });
  });

  it.each(['&'.repeat(1_000_000), 'a'.repeat(1_000_000), `a=${'%'.repeat(1_000_000)}`, `a=${'%ff'.repeat(300_000)}`])(
    'is done soon with a hostile body (%#)',
    (text) => {
      expect(Object.keys(decode(text)).length).toBeLessThan(2);
    },
  );

  it('agrees with URLSearchParams on any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '&',
        '=',
        '+',
        '%',
        '%2',
        '%20',
        '%2B',
        '%C3',
        '%A9',
        '%c3%a9',
        '%E2%82',
        '%00',
        '?',
        '__proto__',
        'a',
        'b',
      ),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(decode(pieces.join(''))).toEqual(reference(pieces.join('')));
      }),
      { numRuns: 2000 },
    );
  });
});
