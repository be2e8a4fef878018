import { describe, expect, expectTypeOf, it } from 'vitest';
import { isCallStatusError } from '../errors.ts';
import { apiOption, CREDENTIAL } from './api-option.ts';
import { defineProvider } from './define-provider.ts';
import type { Answer } from './fetch-call.ts';
import { option, required } from './standard-schema.ts';
import { isZone, type Zone } from './time.ts';

interface Credentials {
  readonly key: string;
  readonly region?: 'eu' | 'us';
}

const api = apiOption<Credentials>({
  key: CREDENTIAL,
  region: { expected: "'eu' or 'us'", fits: (value) => value === 'eu' || value === 'us' },
});

const acme = {
  name: 'acme',
  signs: 'nothing',
  options: { api },
  statuses: { over: 'completed' },
  schema: required<{ readonly id: string }>('id'),
  recognizes: () => true,
  normalize: () => ({ callId: '1', rawStatus: 'over' }),
  eventKey: () => 'over',
} as const;

const fetchCall = {
  callIdPattern: /^[0-9a-f]{8}$/,
  request: () => ({ url: 'https://api.acme.example/', headers: {} }),
  answers: (): ReadonlyMap<string, Answer> => new Map(),
};

function issuesOf(definition: unknown): readonly string[] {
  try {
    defineProvider(definition as never);
  } catch (error) {
    if (isCallStatusError(error)) return error.details.issues ?? [];
  }
  return [];
}

describe('fetchCall', () => {
  it('is complete with a pattern and two functions', () => {
    expect(issuesOf({ ...acme, fetchCall })).toEqual([]);
    expect(issuesOf({ ...acme, fetchCall: { ...fetchCall, batch: 20, perMinute: 200, settleMs: 300_000 } })).toEqual(
      [],
    );
    expect(issuesOf({ ...acme, fetchCall: undefined })).toEqual([]);
  });

  it.each([
    ['fetchCall: expected an object with callIdPattern, ', { ...acme, fetchCall: () => {} }],
    ['`fetchCall.callIdPattern` is missing: ', { ...acme, fetchCall: { ...fetchCall, callIdPattern: undefined } }],
    ['`fetchCall.callIdPattern`: expected ', { ...acme, fetchCall: { ...fetchCall, callIdPattern: '^x$' } }],
    ['`fetchCall.callIdPattern`: expected ', { ...acme, fetchCall: { ...fetchCall, callIdPattern: /x/g } }],
    ['`fetchCall.callIdPattern`: expected ', { ...acme, fetchCall: { ...fetchCall, callIdPattern: /x/y } }],
    ['`fetchCall.batch`: expected ', { ...acme, fetchCall: { ...fetchCall, batch: 0 } }],
    ['`fetchCall.perMinute`: expected ', { ...acme, fetchCall: { ...fetchCall, perMinute: 1 } }],
    ['`fetchCall.settleMs`: expected ', { ...acme, fetchCall: { ...fetchCall, settleMs: -1 } }],
    ['`fetchCall.request` is missing: ', { ...acme, fetchCall: { ...fetchCall, request: undefined } }],
    ['`fetchCall.answers`: expected a function', { ...acme, fetchCall: { ...fetchCall, answers: {} } }],
    ['`fetchCall.answer` is no option; did you mean `', { ...acme, fetchCall: { ...fetchCall, answer: () => {} } }],
    ['fetchCall: needs an option for its credentials', { ...acme, fetchCall, options: {} }],
    ['fetchCall: needs an option for its credentials', { ...acme, fetchCall, options: undefined }],
  ])('refuses: %s', (issue, definition) => {
    const issues = issuesOf(definition);
    expect(issues).toHaveLength(1);
    expect(issues[0]).toContain(issue);
  });

  it('knows the credentials and the other options', () => {
    defineProvider({
      ...acme,
      options: { api, zone: option<Zone>('a zone', isZone) },
      fetchCall: {
        ...fetchCall,
        request: (callIds, credentials) => {
          expectTypeOf(callIds).toEqualTypeOf<readonly string[]>();
          expectTypeOf(credentials.key).toEqualTypeOf<string>();
          expectTypeOf(credentials.region).toEqualTypeOf<'eu' | 'us' | undefined>();
          return fetchCall.request();
        },
        answers: (body, _, options) => {
          expectTypeOf(body).toEqualTypeOf<unknown>();
          expectTypeOf(options.zone).toEqualTypeOf<Zone | undefined>();
          return fetchCall.answers();
        },
      },
    });
  });
});

describe('the option api', () => {
  const provider = defineProvider({ ...acme, fetchCall });
  const messages = (value: unknown): readonly string[] => {
    const result = api['~standard'].validate(value) as { readonly issues?: readonly { readonly message: string }[] };
    return result.issues?.map(({ message }) => message) ?? [];
  };

  it('is credentials, or a function of the tenant that returns them', () => {
    provider({ token: 't', api: { key: 'k', region: 'eu' } });
    provider({ token: 't', api: (tenant) => (tenant === 'a' ? { key: 'k' } : undefined) });
    provider({ token: 't', api: async () => ({ key: 'k', url: 'http://127.0.0.1:80' }) });
    // @ts-expect-error a key is missing
    provider({ token: 't', api: {} });
    for (const value of [undefined, () => undefined, { key: 'k' }, { key: 'k', region: 'us' }]) {
      expect(messages(value)).toEqual([]);
    }
  });

  it.each([
    ['k', ['expected an object with key, region, or a function of the tenant that returns one.']],
    [null, ['expected an object with key, region, or a function of the tenant that returns one.']],
    [[], ['expected an object with key, region, or a function of the tenant that returns one.']],
    [{}, ['`key` is missing: expected a text without spaces.']],
    [{ key: undefined }, ['`key` is missing: expected a text without spaces.']],
    [{ key: '' }, ['`key`: expected a text without spaces, got an empty text.']],
    [{ key: 'sesame\n' }, ['`key`: expected a text without spaces, got a text.']],
    [{ key: 'k', region: 'mars' }, ["`region`: expected 'eu' or 'us', got 'mars'."]],
    [{ key: 'k', regoin: 'eu' }, ['`regoin` is no option; did you mean `region`? Known: key, region, url.']],
  ])('refuses %j', (value, expected) => {
    expect(messages(value)).toEqual(expected);
  });

  it.each(['http://127.0.0.1:8080', 'http://localhost', 'https://localhost:1', 'http://[::1]:80'])(
    'may ask %s instead',
    (url) => {
      expect(messages({ key: 'k', url })).toEqual([]);
    },
  );

  it.each([
    'https://api.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1@example.com',
    'http://user:password@127.0.0.1',
    'http://127.0.0.1/path',
    'http://10.0.0.1',
    'ftp://127.0.0.1',
    'localhost',
    7,
  ])('asks no other host: %s', (url) => {
    expect(messages({ key: 'k', url })).toEqual([
      expect.stringMatching(/^`url`: expected an origin on this machine.*, got a (?:text|number)\.$/),
    ]);
  });
});
