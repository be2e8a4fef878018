import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from './fields.ts';
import { sanitize } from './sanitize.ts';

const clean = (parsed: unknown, isForm = false) => sanitize(parsed, DEFAULT_LIMITS, isForm);

/** All names at all depths, without recursion. */
function namesIn(tree: object): string[] {
  const names: string[] = [];
  const pending: object[] = [tree];
  for (const container of pending) {
    for (const [name, value] of Object.entries(container)) {
      names.push(name);
      if (typeof value === 'object' && value !== null) pending.push(value);
    }
  }
  return names;
}

describe('sanitize', () => {
  it.each([undefined, null, 'a=1', 7, true, [], [{ a: 1 }], Buffer.from('{}'), new Uint8Array(2), () => 1])(
    'refuses %o',
    (parsed) => {
      expect(() => clean(parsed)).toThrow(expect.objectContaining({ code: 'malformed_body' }));
    },
  );

  it('gives a clean body as it is', () => {
    const parsed = { a: '1', b: [{ c: null }, 'x'], d: undefined };
    expect(clean(parsed)).toBe(parsed);
    const bare = Object.assign(Object.create(null), { a: '1' });
    expect(clean(bare)).toBe(bare);
  });

  it('drops forbidden names from a copy', () => {
    const parsed = JSON.parse('{"__proto__":{"x":1},"a":[1,{"b":{"constructor":{"prototype":{}},"c":[[]]}}],"d":null}');
    const before = JSON.stringify(parsed);
    expect(clean(parsed)).toStrictEqual({ a: [1, { b: { c: [[]] } }], d: null });
    expect(JSON.stringify(parsed)).toBe(before);
  });

  it('never lets a forbidden name through, at any depth', () => {
    const name = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'prototype', 'a', 'b'), fc.string());
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom('x', null, 1),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.array(fc.tuple(name, tie('tree')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
      ),
    }));
    const ownBefore = Object.getOwnPropertyNames(Object.prototype).length;
    fc.assert(
      fc.property(tree, (value) => {
        const names = namesIn(clean({ value }));
        for (const forbidden of ['__proto__', 'constructor', 'prototype']) expect(names).not.toContain(forbidden);
      }),
      { numRuns: 1000 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(ownBefore);
  });

  it('bounds depth and number, also of a body that contains itself', () => {
    const parsed: { self?: unknown } = {};
    parsed.self = parsed;
    expect(() => clean(parsed)).toThrow(expect.objectContaining({ code: 'body_too_large' }));
    const shared = Array(40).fill('x');
    const twice = Array(40).fill(shared);
    expect(() => clean({ a: Array(40).fill(twice) })).toThrow(expect.objectContaining({ code: 'body_too_large' }));
    expect(() => clean({ file: Buffer.alloc(40_000) })).toThrow(expect.objectContaining({ code: 'body_too_large' }));
  });

  it('counts the values of a form, and allows as many elsewhere as JSON of so many bytes can have', () => {
    const most = { a: Array(DEFAULT_LIMITS.bytes / 2 - 1).fill(1) };
    expect(clean(most)).toBe(most);
    expect(() => clean({ ...most, b: 1 })).toThrow('It has more than 32768 values.');
    expect(clean({ a: Array(999).fill(1) }, true)).toBeDefined();
    expect(() => clean({ a: Array(1000).fill(1) }, true)).toThrow('It has more than 1000 values.');
  });
});
