import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseContentType } from './content-type.ts';
import { DEFAULT_LIMITS } from './fields.ts';
import type { FlatFields } from './flat-fields.ts';
import { decodeForm } from './form.ts';
import { startOfNames } from './known-names.ts';
import { decodeMultipart } from './multipart.ts';

/** Limits of their own have a memory of their own. */
const fresh = () => ({ ...DEFAULT_LIMITS });
const seen = (fields: FlatFields) => [fields.toRecord(), fields.sortedText(), fields.toTree()];

/** What became of it, refusals too. */
function outcome(decode: () => FlatFields): unknown {
  try {
    return seen(decode());
  } catch (error) {
    return error;
  }
}

describe('KnownName', () => {
  it('works the same names out once, whatever came in between', () => {
    const limits = fresh();
    const names = (...list: string[]) =>
      list.reduce((known, name) => known.followedBy(`${name}=`, name), startOfNames('form', limits)).names;
    const first = names('CallSid', 'CallStatus');
    expect(names('CallSid', 'From')).not.toBe(first);
    expect(names('CallStatus', 'CallSid')).not.toBe(first);
    expect(names('CallSid', 'CallStatus')).toBe(first);
    expect(startOfNames('form', limits).next?.begins('&CallSid=1', 1)).toBe(true);
    expect(startOfNames('form', limits).next?.begins('&CallSid', 1)).toBe(false);
  });

  it('keeps what is learned under other limits, or from the other kind of body, apart', () => {
    const limits = fresh();
    startOfNames('form', limits).followedBy('a=', 'a');
    expect(startOfNames('form', fresh()).next).toBeUndefined();
    expect(startOfNames('multipart', limits).next).toBeUndefined();
  });

  it('remembers no name for longer than the next one that is long, or read in another way', () => {
    const limits = fresh();
    const long = `${'x'.repeat(200)}=`;
    const start = startOfNames('form', limits);
    const before = start.followedBy(long, long).names;
    expect(start.followedBy(long, long).names).not.toBe(before);
    const once = start.followedBy('a=', 'a').followedOnceBy('b');
    expect(once.followedBy('c=', 'c')).not.toBe(once.followedBy('c=', 'c'));
    expect(start.next?.next).toBeUndefined();
  });

  it('remembers no list that is too long', () => {
    const limits = fresh();
    const names = Array.from({ length: 110 }, (_, at) => `n${at}=`);
    const last = () => names.reduce((known, name) => known.followedBy(name, name), startOfNames('form', limits));
    expect(last()).not.toBe(last());
    let remembered = 0;
    for (let known = startOfNames('form', limits).next; known !== undefined; known = known.next) remembered++;
    expect(remembered).toBe(100);
  });

  it('begins anew when strangers have filled it', () => {
    const limits = fresh();
    const known = decodeForm('CallSid=1', limits);
    const start = startOfNames('form', limits);
    for (let name = 0; name < 1000; name++) decodeForm(`n${name}=1`, limits);
    expect(startOfNames('form', limits)).not.toBe(start);
    expect(seen(decodeForm('CallSid=1', limits))).toEqual(seen(known));
  });
});

describe('what was learned before', () => {
  it('does not spoil the trees of names that clash, which depend on the values', () => {
    const limits = fresh();
    for (const form of ['a[b][c]=1&a[b]=x', 'a[b][c]=&a[b]=', 'a[b][c]=1&a[b]=', 'a[b][c]=1&a[b]=x']) {
      expect(decodeForm(form, limits).toTree()).toEqual(decodeForm(form, fresh()).toTree());
    }
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
