import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallbackRequest } from '../callback-request.ts';
import { createCallback } from '../provider/create-callback.ts';
import { signalwire } from './signalwire.ts';
import { voicedock } from './voicedock.ts';

const NOW = Date.UTC(2026, 5, 25);
const SECRET = 'PSK_test';

const fieldsOf = fc.array(fc.tuple(fc.constantFrom('From', 'To', 'Note', 'é', 'a[b]', ''), fc.string()), {
  maxLength: 6,
});

/** What a provider is known to sign, with whatever fields. */
const REQUESTS: readonly [string, typeof signalwire | typeof voicedock, fc.Arbitrary<CallbackRequest>][] = [
  ['a form of SignalWire', signalwire, fieldsOf.map((fields) => formOf(fields, '/hooks'))],
  [
    'a form of SignalWire, at a URL with a query',
    signalwire,
    fieldsOf.map((fields) => formOf(fields, '/hooks?a=%20b')),
  ],
  [
    'a GET of SignalWire',
    signalwire,
    fieldsOf.map((fields) => request({ method: 'GET', url: `/hooks?${queryOf([['CallSid', '1'], ...fields])}` })),
  ],
  ['JSON of SignalWire', signalwire, fc.jsonValue().map((value) => jsonOf(value, '/hooks'))],
  ['JSON of SignalWire, at a URL with a query', signalwire, fc.jsonValue().map((value) => jsonOf(value, '/hooks?a=1'))],
  ['JSON of VoiceDock', voicedock, fc.jsonValue().map((value) => jsonOf(value, '/hooks'))],
];

describe.each(REQUESTS)('%s', (_, { definition }, requests) => {
  it('is valid once signed, and not with another secret or another body', () => {
    const verdictOf = (made: CallbackRequest): unknown => {
      try {
        return definition.authenticate?.(createCallback({ ...made, body: made.body ?? '' }), [SECRET], {}, NOW);
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    fc.assert(
      fc.property(requests, (made) => {
        const signed = definition.sign?.(made, { secret: SECRET, nowMs: NOW }) as CallbackRequest;
        expect(verdictOf(signed)).toBe('valid');
        expect(verdictOf(definition.sign?.(made, { secret: 'another', nowMs: NOW }) as CallbackRequest)).toBe(
          'mismatch',
        );
        const changed = { ...signed, url: `${signed.url}1`, body: Buffer.concat([made.body ?? Buffer.alloc(0), X]) };
        expect(verdictOf(changed)).toBe('mismatch');
      }),
    );
  });
});

it('signs a request without a body', () => {
  const bare = request({ method: 'POST', url: '/hooks' });
  expect(voicedock.definition.sign?.(bare, { secret: SECRET, nowMs: NOW }).headers['x-webhook-timestamp']).toBe(
    String(NOW / 1000),
  );
  expect(signalwire.definition.sign?.(bare, { secret: SECRET, nowMs: NOW }).headers).toHaveProperty(
    'x-signalwire-signature',
  );
});

const X = Buffer.from('&x=1');

function request(more: Pick<CallbackRequest, 'method' | 'url'> & Partial<CallbackRequest>): CallbackRequest {
  return { origin: 'https://hooks.example.com', headers: {}, ...more };
}

function formOf(fields: readonly (readonly [string, string])[], url: string): CallbackRequest {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return request({ method: 'POST', url, headers, body: Buffer.from(queryOf(fields)) });
}

function jsonOf(value: unknown, url: string): CallbackRequest {
  const headers = { 'content-type': 'application/json' };
  return request({ method: 'POST', url, headers, body: Buffer.from(JSON.stringify(value)) });
}

function queryOf(fields: readonly (readonly [string, string])[]): string {
  return new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString();
}
