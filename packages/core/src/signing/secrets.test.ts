import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { CallbackRequest } from '../callback-request.ts';
import type { Secret } from './secrets.ts';
import { secretsOf } from './secrets.ts';

const request: CallbackRequest = {
  method: 'POST',
  url: '/hooks?tenant=7',
  origin: 'https://hooks.example.com',
  headers: {},
};

describe.each<[string, Secret, readonly string[]]>([
  ['a secret', 'a', ['a']],
  ['several secrets', ['a', 'b'], ['a', 'b']],
  ['a function', () => 'a', ['a']],
  ['a function of several', () => ['a', 'b'], ['a', 'b']],
  ['white space', ' \n', []],
  ['a function that knows none', () => undefined, []],
  ['an asynchronous function', async () => 'a', ['a']],
  ['an asynchronous function that knows none', async () => undefined, []],
  ['an empty string', '', []],
  ['empty strings among others', ['', 'a', ''], ['a']],
  ['an asynchronous empty string', async () => [''], []],
])('%s', (_, secret, secrets) => {
  it(`gives ${secrets.length}`, async () => {
    expect(await secretsOf(secret, request)).toEqual({ secrets });
  });
});

it('gives what needs no waiting at once', () => {
  expect(secretsOf(['a'], request)).toEqual({ secrets: ['a'] });
});

it('waits for anything that can be waited for', async () => {
  // A promise of another realm is no instance of ours.
  const foreign: Promise<string> = runInNewContext("Promise.resolve('a')");
  expect(foreign).not.toBeInstanceOf(Promise);
  expect(await secretsOf(() => foreign, request)).toEqual({ secrets: ['a'] });
});

it('refuses what is no text', async () => {
  await expect(secretsOf(() => [7] as unknown as string[], request)).rejects.toThrow('A secret must be a string.');
});

it('lets the failure of a function out', async () => {
  const failure = new Error('no database');
  expect(() =>
    secretsOf(() => {
      throw failure;
    }, request),
  ).toThrow(failure);
  await expect(secretsOf(() => Promise.reject(failure), request)).rejects.toBe(failure);
});

describe('a function of the request', () => {
  it('says whose secrets it found', async () => {
    const tenants: Secret = ({ url }) => (url.endsWith('7') ? { tenant: 'acme', secrets: ['a', ''] } : undefined);
    expect(await secretsOf(tenants, request)).toEqual({ secrets: ['a'], tenant: 'acme' });
    expect(await secretsOf(tenants, { ...request, url: '/' })).toEqual({ secrets: [] });
    const later: Secret = async () => ({ tenant: 'acme', secrets: 'a' });
    expect(await secretsOf(later, request)).toEqual({ secrets: ['a'], tenant: 'acme' });
  });

  const untold: readonly [string, (...args: CallbackRequest[]) => unknown][] = [
    ['a parameter', ({ url }) => url],
    ['a parameter that it does not use', (_request) => 'a'],
    ['all arguments', (...args) => args[0]?.url],
    ['a default parameter', (given = request) => given.url],
    ['arguments, later', async (...args) => args[0]?.headers['host'] ?? 'a'],
  ];
  it.each(untold)('is refused when it looks at the request with %s, and names no tenant', async (_, secret) => {
    await expect(secretsOf(secret as Secret, request)).rejects.toThrow('must return { tenant, secrets }');
  });

  it.each(['', ' ', 'a'.repeat(65), 'a\u0000', '\ud800', 7, undefined])(
    'is refused when the tenant is %j',
    async (tenant) => {
      await expect(secretsOf(() => ({ tenant, secrets: 'a' }) as never, request)).rejects.toThrow(
        'A tenant must be a text',
      );
    },
  );

  it('is refused when what it returns is nothing of these', async () => {
    for (const found of [null, 7, {}, { tenant: 'acme', secrets: { key: 'a' } }]) {
      await expect(secretsOf(() => found as never, request)).rejects.toThrow('A secret must be a string.');
    }
  });
});
