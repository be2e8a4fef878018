import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseContentType } from './content-type.ts';
import { knownNames } from './field-names.ts';
import type { FieldPairs } from './field-pairs.ts';
import { DEFAULT_LIMITS } from './fields.ts';
import { decodeForm } from './form.ts';
import { decodeMultipart } from './multipart.ts';

/** What is known of names belongs to the limits under which they came. */
const fresh = () => ({ ...DEFAULT_LIMITS });
const seen = (fields: FieldPairs) => [fields.toRecord(), fields.sortedText(), fields.toTree()];

/** What became of it, refusals too. */
function outcome(decode: () => FieldPairs): unknown {
  try {
    return seen(decode());
  } catch (error) {
    return error;
  }
}

describe('knownNames', () => {
  const names = (...list: string[]) => list;

  it('works the same names out once, whatever came in between', () => {
    const limits = fresh();
    const first = knownNames(names('CallSid', 'CallStatus'), limits);
    expect(knownNames(names('CallSid', 'From'), limits)).not.toBe(first);
    expect(knownNames(names('CallStatus', 'CallSid'), limits)).not.toBe(first);
    expect(knownNames(names('CallSid', 'CallStatus', 'From'), limits)).not.toBe(first);
    expect(knownNames(names('CallSid', 'CallStatus'), limits)).toBe(first);
    expect(knownNames(names('CallSid', 'CallStatus'), limits)).toBe(first);
  });

  it('keeps what is learned under other limits apart', () => {
    const limits = fresh();
    expect(knownNames(names('a'), limits)).not.toBe(knownNames(names('a'), fresh()));
  });

  it.each([
    ['long names', names('x'.repeat(5000))],
    ['many names', Array.from({ length: 101 }, (_, at) => `n${at}`)],
  ])('remembers no list of %s', (_, list) => {
    const limits = fresh();
    const known = knownNames(names('a'), limits);
    expect(knownNames(list, limits)).not.toBe(knownNames(list, limits));
    expect(knownNames(names('a'), limits)).toBe(known);
  });

  it('forgets what came longest ago when strangers send many lists', () => {
    const limits = fresh();
    const honest = decodeForm('CallSid=1', limits);
    const known = knownNames(names('CallSid'), limits);
    const old = knownNames(names('Old'), limits);
    for (let name = 0; name < 1000; name++) {
      decodeForm(`n${name}=1`, limits);
      if (name % 10 === 0) expect(knownNames(names('CallSid'), limits)).toBe(known);
    }
    expect(knownNames(names('Old'), limits)).not.toBe(old);
    expect(seen(decodeForm('CallSid=1', limits))).toEqual(seen(honest));
  });
});

describe('what was learned before', () => {
  it('does not spoil the trees of names that clash, which depend on the values', () => {
    const limits = fresh();
    for (const form of ['a[b][c]=1&a[b]=x', 'a[b][c]=&a[b]=', 'a[b][c]=1&a[b]=', 'a[b][c]=1&a[b]=x']) {
      expect(decodeForm(form, limits).toTree()).toEqual(decodeForm(form, fresh()).toTree());
    }
  });

  it('does not bring names that could reach a prototype into a record', () => {
    const limits = fresh();
    for (const form of ['a=1&__proto__=2', 'a=3&__proto__=4', 'a=5&__proto__=6'])
      expect(seen(decodeForm(form, limits))).toEqual(seen(decodeForm(form, fresh())));
    expect(Object.entries(decodeForm('a=7&__proto__=8', limits).toRecord())).toEqual([
      ['a', '7'],
      ['__proto__', '8'],
    ]);
  });

  const name = fc.constantFrom('a', 'b', 'a[b]', 'a[0]', '__proto__', 'CallSid', 'a+b', '%41', '%', 'é');
  const field = fc.tuple(name, fc.constantFrom('=', '', '=='), fc.constantFrom('', '1', 'a=b', '%2B', '%ff+', 'ü'));
  const form = fc.array(field, { maxLength: 5 }).map((fields) => fields.map((parts) => parts.join('')).join('&'));

  it('changes nothing about a form', () => {
    const limits = fresh();
    fc.assert(
      fc.property(form, (text) => {
        expect(outcome(() => decodeForm(text, limits))).toEqual(outcome(() => decodeForm(text, fresh())));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['CRLF', ['\r\n']],
    ['LF or CRLF', ['\n', '\r\n']],
    ['both at once', ['\n', '\r\n', 'any']],
  ])('changes nothing about a multipart body with lines that end in %s', (_, ends) => {
    const limits = fresh();
    const contentType = parseContentType('multipart/form-data; boundary=B');
    const more = fc.constantFrom('', '', '; filename="f"', '\r\nContent-Type: text/plain; charset=latin1');
    const part = fc
      .tuple(name, more, fc.constantFrom('', '1', 'ü', '\r\n--Bx', '\r\n--B ', '\n\n', '\r\n\r\n'))
      .map(
        ([each, headers, value]) =>
          `--B\r\nContent-Disposition: form-data; name="${each}"${headers}\r\n\r\n${value}\r\n`,
      );
    const flips = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), fc.constantFrom(...ends), flips, (parts, end, any) => {
        let line = 0;
        const next = () => (end === 'any' ? (any[line++ % any.length] ? '\n' : '\r\n') : end);
        const body = Buffer.from(`${parts.join('')}--B--`.replace(/\r\n/g, next));
        expect(outcome(() => decodeMultipart(body, contentType, limits))).toEqual(
          outcome(() => decodeMultipart(body, contentType, fresh())),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
