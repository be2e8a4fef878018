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
  ])('takes what fits, and undefined for absent: %o', (options) => {
    expect(() => check(options)).not.toThrow();
  });

  it.each([
    [{}, ['name: expected a text.']],
    [{ name: undefined }, ['name: expected a text.']],
    [{ name: 'x', size: null }, ['size: expected a number.']],
    [{ name: 'x', toString: 1 }, ['toString: no such option; there are name, size.']],
    [
      { nam: 'x', size: '1' },
      ['nam: no such option; there are name, size.', 'name: expected a text.', 'size: expected a number.'],
    ],
  ])('tells all that is wrong with %o', (options, issues) => {
    expect(() => check(options)).toThrow(expect.objectContaining({ code: 'invalid_options', details: { issues } }));
  });

  it.each([[undefined], [null], ['calls.db'], [7], [[]], [() => {}]])('refuses %o, which is no object', (options) => {
    const issues = ['options: expected an object of name, size.'];
    expect(() => check(options)).toThrow(expect.objectContaining({ code: 'invalid_options', details: { issues } }));
  });
});
