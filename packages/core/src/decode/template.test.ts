import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from './fields.ts';
import { templateOf } from './template.ts';
import { collect, toTree } from './tree.ts';

const direct = (names: readonly string[], values: readonly string[]) => toTree(collect(names, values), DEFAULT_LIMITS);

describe('templateOf', () => {
  it('makes each tree as if it were the first', () => {
    const names = ['CallSid', 'Legs[0][Status]', 'Legs[1][Status]', 'Tag', 'Tag', 'a[b]', '__proto__', 'toString'];
    const template = templateOf(names, DEFAULT_LIMITS);
    for (const values of [names.map((name) => `first ${name}`), names.map(() => '')]) {
      const tree = template?.fill(values);
      expect(tree).toStrictEqual(direct(names, values));
      expect(Object.getPrototypeOf(tree)).toBe(Object.prototype);
    }
  });

  it.each([[['[]', '[0]']], [['a[b][c]', 'a[b]', 'a[b][d]']]])(
    'gives up where the tree depends on the values: %j',
    (names) => {
      const shapes = ['x', ''].map((value) =>
        JSON.stringify(
          direct(
            names,
            names.map(() => value),
          ),
        ).replaceAll('x', ''),
      );
      expect(shapes[0]).not.toBe(shapes[1]);
      expect(templateOf(names, DEFAULT_LIMITS)).toBeUndefined();
    },
  );

  it('refuses names that nest too deep', () => {
    expect(() => templateOf([`a${'[b]'.repeat(17)}`], DEFAULT_LIMITS)).toThrow(
      expect.objectContaining({ code: 'body_too_large' }),
    );
  });

  it('agrees with the tree that is made of the fields themselves, for any names', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '[]',
      '[0]',
      '[1]',
      '[50]',
      '[a]',
      'a',
      'b',
      '',
      '__proto__',
      '[prototype]',
      '7',
    );
    const name = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
    const field = fc.tuple(name, fc.constantFrom('', 'x', '0', '1', 'a'));
    fc.assert(
      fc.property(fc.array(field, { maxLength: 8 }), (fields) => {
        const names = fields.map(([each]) => each);
        const values = fields.map(([, value]) => value);
        const template = templateOf(names, DEFAULT_LIMITS);
        if (template !== undefined) expect(template.fill(values)).toStrictEqual(direct(names, values));
      }),
      { numRuns: 5000 },
    );
  });
});
