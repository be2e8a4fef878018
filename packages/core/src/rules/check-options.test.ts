import { describe, expect, it } from 'vitest';
import { checkOptions, kindOf, type OptionRules, optionIssues } from './check-options.ts';

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
        "`size`: expected a number, got '1'.",
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

it.each([
  ['later', "'later'"],
  ['a.b/c:d e+f-1', "'a.b/c:d e+f-1'"],
  ['a text of more than twenty characters', 'a text'],
  ['postgres://u:p@h', 'a text'],
  ['+1 555 010 0123', 'a text'],
  [' ', 'an empty text'],
  [-1.5, '-1.5'],
  [15550100123, 'a number'],
  [Number.NaN, 'NaN'],
  [{}, 'an object'],
])('shows %o only if it is short and harmless', (given, got) => {
  const rule = { expected: 'something else', fits: () => false };
  const issue = (shown: string) => `\`size\`: expected something else, got ${shown}.`;
  const of = (isSecret: boolean) => optionIssues({ size: given }, { size: { ...rule, isSecret } });
  expect(of(false)).toEqual([issue(got)]);
  expect(of(true)).toEqual([issue(kindOf(given))]);
});
