import { describe, expect, it } from 'vitest';
import { checkOptions, type OptionRules } from './check-options.ts';

const RULES: OptionRules<{ readonly name: string; readonly size?: number }> = {
  name: { expected: 'a text', fits: (value) => typeof value === 'string', isRequired: true },
  size: { expected: 'a number', fits: (value) => typeof value === 'number' },
};

const check = (options: unknown) => checkOptions('options', options, RULES);

describe('checkOptions', () => {
  it.each([
    [{ name: 'x' }],
    [{ name: 'x', size: undefined }],
    [Object.assign(Object.create(null), { name: 'x', size: 1 })],
  ])('accepts valid values, and undefined for absent: %o', (options) => {
    expect(() => check(options)).not.toThrow();
  });

  it.each([
    [{}, ['`name` is missing: expected a text.']],
    [{ name: undefined }, ['`name` is missing: expected a text.']],
    [{ name: 'x', size: null }, ['`size`: expected a number, got null.']],
    [{ name: 'x', toString: 1 }, ['`toString` is no option; known: name, size.']],
    [
      { nam: 'x', size: '1' },
      [
        '`nam` is no option; did you mean `name`? Known: name, size.',
        '`name` is missing: expected a text.',
        '`size`: expected a number, got a text.',
      ],
    ],
  ])('tells all that is wrong with %o', (options, issues) => {
    expect(() => check(options)).toThrow(expect.objectContaining({ code: 'invalid_options', details: { issues } }));
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['calls.db', 'a text'],
    [7, 'a number'],
    [[], 'an empty list'],
    [() => {}, 'a function'],
    [true, 'true'],
    [Symbol('x'), 'a symbol'],
  ])('refuses %o, which is no object', (options, got) => {
    const issues = [`options: expected an object of name, size, got ${got}.`];
    expect(() => check(options)).toThrow(expect.objectContaining({ code: 'invalid_options', details: { issues } }));
  });
});
