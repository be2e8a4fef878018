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
    start.followedBy('a=', 'a').followedOnceBy('b');
    expect(start.next?.next).toBeUndefined();
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

  it('changes nothing about a multipart body', () => {
    const limits = fresh();
    const contentType = parseContentType('multipart/form-data; boundary=B');
    const more = fc.constantFrom('', '', '; filename="f"', '\r\nContent-Type: text/plain; charset=latin1');
    const part = fc
      .tuple(name, more, fc.constantFrom('', '1', 'ü', '\r\n--Bx', '\r\n--B '))
      .map(
        ([each, headers, value]) =>
          `--B\r\nContent-Disposition: form-data; name="${each}"${headers}\r\n\r\n${value}\r\n`,
      );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const body = Buffer.from(`${parts.join('')}--B--`);
        expect(outcome(() => decodeMultipart(body, contentType, limits))).toEqual(
          outcome(() => decodeMultipart(body, contentType, fresh())),
        );
      }),
      { numRuns: 3000 },
    );
  });
});
