import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  isSchema,
  issuesOfFields,
  issuesOfOption,
  option,
  required,
  type SchemaIssue,
  type StandardSchema,
  validate,
} from './standard-schema.ts';

const PHONE = '+12025550101';

function issuesIn(schema: StandardSchema, value: unknown): readonly SchemaIssue[] {
  return validate(schema, value, 'It').issues ?? [];
}

/** As a library would make it that has functions for schemas, and objects for steps. */
const foreign: StandardSchema = Object.assign(() => {}, {
  '~standard': {
    version: 1,
    vendor: 'foreign',
    validate: (value: unknown) => ({ issues: [{ message: `bad ${JSON.stringify(value)}`, path: [{ key: 'a' }, 0] }] }),
  } as const,
});

it('knows a schema of any library', () => {
  expect([v.string(), foreign, option('', () => true)].map(isSchema)).toEqual([true, true, true]);
  expect([undefined, null, 'x', {}, { '~standard': {} }, () => {}].map(isSchema)).toEqual(Array(6).fill(false));
});

describe('required', () => {
  const schema = required<{ readonly id: string }>('id', 'call.state');

  it('gives the fields themselves, also those that it does not name', () => {
    const fields = { id: '1', call: { state: 'up' }, more: ['x'] };
    expect(validate(schema, fields, 'It')).toEqual({ value: fields });
    expect((validate(schema, fields, 'It') as { value: unknown }).value).toBe(fields);
  });

  it.each([
    [{ id: '', call: { state: 7 } }, ['id: expected a non-empty string.', 'call.state: expected a non-empty string.']],
    [{ id: '1', call: 'x' }, ['call.state: missing.']],
    [{ id: '1', call: null }, ['call.state: missing.']],
    [{}, ['id: missing.', 'call.state: missing.']],
    [undefined, ['id: missing.', 'call.state: missing.']],
  ])('says which field of %j is missing or malformed', (fields, issues) => {
    expect(issuesOfFields(schema, issuesIn(schema, fields), fields)).toEqual(issues);
  });
});

describe('option', () => {
  const region = option<string>('a region, such as eu', (value) => value === 'eu');

  it('accepts valid values, and may be left out', () => {
    expect([validate(region, 'eu', 'It'), validate(region, undefined, 'It')]).toEqual([
      { value: 'eu' },
      { value: undefined },
    ]);
  });

  it('says what is expected', () => {
    expect(issuesOfOption(region, issuesIn(region, 'us'), 'us', 'acme.region')).toEqual([
      '`acme.region`: expected a region, such as eu.',
    ]);
  });
});

describe('issues of a library', () => {
  const schema = v.object({ id: v.string(), legs: v.array(v.object({ number: v.pipe(v.string(), v.email()) })) });

  it('are said by path and expectation, and quote no field', () => {
    const fields = { id: 12025550101, legs: [{ number: PHONE }, {}, { number: '' }] };
    expect(issuesOfFields(schema, issuesIn(schema, fields), fields)).toEqual([
      'id: expected string.',
      'legs.0.number: expected another value.',
      'legs.1.number: missing.',
      'legs.2.number: expected a non-empty string.',
    ]);
    expect(issuesOfFields(foreign, issuesIn(foreign, { a: [PHONE] }), { a: [PHONE] })).toEqual([
      'a.0: expected another value.',
    ]);
    expect(issuesOfFields(v.string(), issuesIn(v.string(), 7), 7)).toEqual(['body: expected string.']);
  });

  it('are said of an option in its own words, unless they quote the value', () => {
    const worded = v.object({ region: v.picklist(['eu'], 'Only eu is there.') });
    expect(issuesOfOption(worded, issuesIn(worded, { region: 'us' }), { region: 'us' }, 'acme.at')).toEqual([
      '`acme.at.region`: Only eu is there.',
    ]);
    expect(issuesOfOption(v.literal('eu'), issuesIn(v.literal('eu'), 'a secret'), 'a secret', 'acme.at')).toEqual([
      '`acme.at`: expected "eu".',
    ]);
  });
});

describe('validate', () => {
  it('lets out what a schema throws', () => {
    const thrower = v.pipe(
      v.string(),
      v.check(() => {
        throw new Error('a bug');
      }),
    );
    expect(() => validate(thrower, 'x', 'It')).toThrow('a bug');
  });

  it('refuses a schema that has its result only later', () => {
    const later = v.pipeAsync(
      v.string(),
      v.checkAsync(() => Promise.reject(new Error('nothing may be left unhandled'))),
    );
    expect(() => validate(later as unknown as StandardSchema, 'x', 'The schema of acme')).toThrow(
      'The schema of acme must be synchronous, but returned a promise.',
    );
  });
});
