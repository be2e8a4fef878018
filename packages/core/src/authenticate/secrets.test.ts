import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Secret } from '../provider.ts';
import type { CallbackRequest } from '../request.ts';
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
  ['a function of the request', ({ url }) => `key of ${url}`, ['key of /hooks?tenant=7']],
  ['a function of several', () => ['a', 'b'], ['a', 'b']],
  ['a function that knows none', () => undefined, []],
  ['an asynchronous function', async () => 'a', ['a']],
  ['an asynchronous function that knows none', async () => undefined, []],
  ['an empty string', '', []],
  ['empty strings among others', ['', 'a', ''], ['a']],
  ['an asynchronous empty string', async () => [''], []],
])('%s', (_, secret, secrets) => {
  it(`gives ${secrets.length}`, async () => {
    expect(await secretsOf(secret, request)).toEqual(secrets);
  });
});

it('gives what needs no waiting at once', () => {
  expect(secretsOf(['a'], request)).toEqual(['a']);
});

it('waits for anything that can be waited for', async () => {
  // A promise of another realm is no instance of ours.
  const foreign: Promise<string> = runInNewContext("Promise.resolve('a')");
  expect(foreign).not.toBeInstanceOf(Promise);
  expect(await secretsOf(() => foreign, request)).toEqual(['a']);
});

it('refuses what is no text', async () => {
  await expect(secretsOf(() => [7] as unknown as string[], request)).rejects.toThrow('A secret has to be a string.');
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
