import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { originOf } from './origin.ts';

const own = { host: 'own.example:8080' };

it.each<[string, IncomingHttpHeaders]>([
  ['http://own.example:8080', {}],
  ['https://own.example:8080', { 'x-forwarded-proto': 'https' }],
  ['https://own.example:8080', { 'x-forwarded-proto': 'HTTPS , http' }],
  ['http://own.example:8080', { 'x-forwarded-proto': 'http,https' }],
  ['http://own.example:8080', { 'x-forwarded-proto': '' }],
  ['http://own.example:8080', { 'x-forwarded-proto': ',https' }],
  ['http://a.example', { 'x-forwarded-host': 'a.example' }],
  ['http://a.example:1', { 'x-forwarded-host': ' a.example:1,b.example' }],
  ['https://a.example', { 'x-forwarded-host': 'a.example', 'x-forwarded-proto': 'https' }],
])('is %s by what a trusted proxy says: %j', (origin, headers) => {
  expect(originOf(request({ ...own, ...headers }), () => true)).toBe(origin);
});

it('is that of the connection if the proxy is not trusted, which is asked only if it sent a header', () => {
  const forwarded = { ...own, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'a.example' };
  expect(originOf(request(forwarded), () => false)).toBe('http://own.example:8080');
  const ask = (): boolean => {
    throw new Error('asked');
  };
  expect(originOf(request(own, true), ask)).toBe('https://own.example:8080');
  expect(originOf(request({ ':authority': 'second.example' }, true), ask)).toBe('https://second.example');
  expect(originOf(request({}), ask)).toBe('http://');
});

function request(headers: IncomingHttpHeaders, encrypted = false): IncomingMessage {
  return { headers, socket: { encrypted } } as unknown as IncomingMessage;
}
