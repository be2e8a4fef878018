import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from './fields.ts';
import { decodeJson } from './json.ts';

const decode = (text: string) => decodeJson(text, DEFAULT_LIMITS);
const refusal = (code: string) => expect.objectContaining({ name: 'CallStatusError', code });

describe('decodeJson', () => {
  it('decodes an object as it is', () => {
    const fields = { CallSid: 'abc', Legs: [{ Status: 'completed', OnCallDuration: 41 }, { Status: null }], ok: true };
    expect(decode(JSON.stringify(fields))).toStrictEqual(fields);
  });

  it('tolerates a byte order mark', () => {
    expect(decode('\uFEFF{"a":1}')).toEqual({ a: 1 });
  });

  it.each(['', '{', '{"a":1', 'a=1', '\uFEFF', '\uFEFF\uFEFF{}', 'null', '1', '"text"', '[]', '[{"a":1}]', 'NaN'])(
    'refuses %j',
    (text) => {
      expect(() => decode(text)).toThrow(refusal('malformed_body'));
    },
  );

  it('does not quote the body in its error, nor in a cause', () => {
    let error: unknown;
    try {
      decode('{"From": +12025550123}');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toEqual(refusal('malformed_body'));
    expect(inspect(error, { showHidden: true })).not.toContain('1202555');
  });

  it('drops forbidden names, however they are spelled', () => {
    const text = String.raw`{"a":{"__proto__":{"polluted":1},"b":[{"constructor":1,"\u005f_proto__":2,"c":3}]},"prototype":[]}`;
    expect(JSON.stringify(decode(text))).toBe('{"a":{"b":[{"c":3}]}}');
  });

  it('bounds the depth', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(decode(nested(16))).toEqual(JSON.parse(nested(16)));
    for (const levels of [17, 32_000]) {
      expect(() => decode(nested(levels))).toThrow(
        expect.objectContaining({ code: 'body_too_large', message: expect.stringContaining('limits.depth') }),
      );
    }
    expect(decodeJson(nested(30_000), { ...DEFAULT_LIMITS, depth: 30_000 })).toHaveProperty('a');
    expect(() => decode('['.repeat(65_536))).toThrow(refusal('malformed_body'));
    expect(() => decode('{"a":'.repeat(13_000))).toThrow(refusal('malformed_body'));
  });

  it.each(['1', '[]', '{}', '""', '[[[[[[[[[[]]]]]]]]]]', '{"":1}'])(
    'decodes as many %s as fit into the bytes',
    (value) => {
      const shell = '{"":[]}';
      const values = Array(Math.floor((DEFAULT_LIMITS.bytes - shell.length + 1) / (value.length + 1))).fill(value);
      const text = `{"":[${values.join(',')}]}`;
      expect(text.length).toBeGreaterThan(DEFAULT_LIMITS.bytes - value.length - 2);
      expect(text.length).toBeLessThanOrEqual(DEFAULT_LIMITS.bytes);
      expect(decodeJson(text, { ...DEFAULT_LIMITS, fields: 1 })).toEqual(JSON.parse(text));
    },
  );

  it('gives what JSON.parse gives, or refuses', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (fields) => {
        const text = JSON.stringify(fields);
        if (/__proto__|constructor|prototype/.test(text)) return;
        expect(decodeJson(text, { ...DEFAULT_LIMITS, bytes: text.length })).toEqual(JSON.parse(text));
      }),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.string({ unit: fc.constantFrom('[', ']', '{', '}', '"', ':', ',', '1') }),
        ),
        (text) => {
          try {
            expect(decode(text)).toBeTypeOf('object');
          } catch (error) {
            expect(error).toHaveProperty('name', 'CallStatusError');
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
