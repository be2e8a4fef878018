import * as v from 'valibot';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type CallStatusError, isCallStatusError } from '../errors.ts';
import { builtInProviders } from '../options/built-in-providers.ts';
import { FUNCTIONS } from './check-definition.ts';
import { defineProvider } from './define-provider.ts';
import type { AnyProviderDefinition } from './definition.ts';

const right = {
  name: 'acme',
  signs: 'nothing',
  statuses: { over: 'completed' },
  schema: v.looseObject({ id: v.string() }),
  recognizes: () => true,
  normalize: () => ({ callId: '1', rawStatus: 'over' }),
  eventKey: () => 'over',
};
const valid = (): string => 'valid';
const signing = { ...right, signs: 'bytes', secretOption: 'key', authenticate: valid };

function refusal(definition: unknown): CallStatusError {
  try {
    defineProvider(definition as never);
  } catch (error) {
    if (isCallStatusError(error)) return error;
  }
  throw new Error('It was not refused.');
}

function issuesOf(definition: unknown): readonly string[] {
  const { code, details } = refusal(definition);
  expect(code).toBe('invalid_options');
  return details.issues ?? [];
}

describe('a definition that is right', () => {
  it.each([
    ['the least', right],
    ['one that signs', signing],
    ['one that signs fields', { ...signing, signs: 'fields' }],
    [
      'all parts',
      {
        ...signing,
        methods: ['GET', 'POST'],
        recognizedBy: ['id'],
        options: { region: v.string() },
        isCallStatus: () => true,
        sign: valid,
        callbackParams: () => '',
      },
    ],
    [
      'parts that are undefined',
      { ...right, methods: undefined, options: undefined, secretOption: undefined, callbackParams: undefined },
    ],
    ['a name with all that may be in one', { ...right, name: '1st.acme_voice-eu' }],
    ['a schema for its secret', { ...signing, options: { key: v.optional(v.string()) } }],
    ['no status words', { ...right, statuses: {} }],
  ])('passes: %s', (_, definition) => {
    expect(() => defineProvider(definition as never)).not.toThrow();
  });

  it('is each of the built-in ones', () => {
    for (const { definition } of builtInProviders) expect(() => defineProvider(definition)).not.toThrow();
  });
});

describe('a definition that cannot be right is refused by the name of the part', () => {
  it.each([
    ['statuses.over', { ...right, statuses: { over: 'ended' } }],
    ['statuses.over', { ...right, statuses: { over: undefined } }],
    ['statuses.constructor', { ...right, statuses: { constructor: 'Completed' } }],
    ['statuses', { ...right, statuses: undefined }],
    ['statuses', { ...right, statuses: ['completed'] }],
    ['authenticate', { ...right, signs: 'bytes', secretOption: 'key' }],
    ['authenticate', { ...signing, authenticate: undefined }],
    ['authenticate', { ...signing, authenticate: 'hmac' }],
    ['secretOption', { ...right, authenticate: valid }],
    ['sign', { ...right, sign: (request: object) => request }],
    ['recognizedBy', { ...right, recognizedBy: 'id' }],
    ['recognizedBy', { ...right, recognizedBy: [] }],
    ['recognizedBy', { ...right, recognizedBy: [1] }],
    ['causes', { ...right, causes: ['busy'] }],
    ['causes.user-busy', { ...right, causes: { 'user-busy': 'engaged' } }],
    ['causes.USER_BUSY', { ...right, causes: { USER_BUSY: 'busy' } }],
    ['secretOption', { ...signing, secretOption: undefined }],
    ['secretOption', { ...signing, secretOption: '' }],
    ['secretOption', { ...signing, secretOption: 'PSK 1234' }],
    ['secretOption', { ...signing, secretOption: 7 }],
    ['secretOption', { ...signing, secretOption: 'token' }],
    ['secretOption', { ...signing, secretOption: 'concurrency' }],
    ['secretOption', { ...signing, secretOption: 'onCompleted' }],
    ['authenticate', { ...right, secretOption: 'key' }],
    ['options.handlerTimeoutMs', { ...right, options: { handlerTimeoutMs: v.number() } }],
    ['options.token', { ...right, options: { token: v.string() } }],
    ['options.retry', { ...right, options: { retry: v.string() } }],
    ['options.region', { ...right, options: { region: 'string' } }],
    ['options', { ...right, options: [] }],
    ['name', { ...right, name: 'Bad Name' }],
    ['name', { ...right, name: 'acme:eu' }],
    ['name', { ...right, name: 'Acme' }],
    ['name', { ...right, name: '' }],
    ['name', { ...right, name: '__proto__' }],
    ['name', { ...right, name: 'acmé' }],
    ['name', { ...right, name: 'acme\n' }],
    ['name', { ...right, name: 'a'.repeat(65) }],
    ['name', { ...right, name: undefined }],
    ['methods', { ...right, methods: [] }],
    ['methods', { ...right, methods: ['PUT'] }],
    ['methods', { ...right, methods: ['post'] }],
    ['methods', { ...right, methods: 'POST' }],
    ['signs', { ...right, signs: 'body' }],
    ['signs', { ...right, signs: undefined }],
    ['schema', { ...right, schema: undefined }],
    ['schema', { ...right, schema: { id: 'string' } }],
    ['recognizes', { ...right, recognizes: undefined }],
    ['recognizes', { ...right, recognizes: true }],
    ['normalize', { ...right, normalize: undefined }],
    ['eventKey', { ...right, eventKey: 'state' }],
    ['decode', { ...right, decode: 'xml' }],
    ['isCallStatus', { ...right, isCallStatus: true }],
    ['sign', { ...signing, sign: 'hmac' }],
    ['sign', { ...right, sign: valid }],
    ['callbackParams', { ...right, callbackParams: 'https://acme.example' }],
    ['isCallstatus', { ...right, isCallstatus: () => true }],
  ])('%s', (part, definition) => {
    const issues = issuesOf(definition);
    expect(issues).toHaveLength(1);
    expect(issues[0]).toContain(`${part}: `);
  });

  it.each([
    ['recognize', 'no such part; did you mean recognizes? There are name, '],
    ['isCallstatus', 'no such part; did you mean isCallStatus? There are name, '],
    ['banana', 'no such part; there are name, '],
  ])('with the nearest name: %s', (part, advice) => {
    expect(issuesOf({ ...right, [part]: 1 })[0]).toContain(`${part}: ${advice}`);
  });

  it('all at once', () => {
    expect(issuesOf({ name: 'Acme' }).map((issue) => /^defineProvider\(\): (\w+): /.exec(issue)?.[1])).toEqual([
      'name',
      'signs',
      'schema',
      'recognizes',
      'normalize',
      'eventKey',
      'statuses',
    ]);
  });

  it('with the name of the provider, where it has one', () => {
    expect(refusal({ ...right, signs: 'body' }).details).toEqual({
      provider: 'acme',
      issues: ["defineProvider(acme): signs: expected 'fields', 'bytes' or 'nothing'."],
    });
  });

  it.each([[undefined], [null], ['acme'], [[]]])('%j', (definition) => {
    expect(issuesOf(definition)).toEqual(['defineProvider(): expected an object.']);
  });
});

it('knows the functions of a definition by their names', () => {
  expectTypeOf<keyof typeof FUNCTIONS>().toExtend<keyof AnyProviderDefinition>();
  expect(Object.keys(FUNCTIONS)).toContain('recognizes');
});
