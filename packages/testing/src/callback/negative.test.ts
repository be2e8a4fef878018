import { createCallStatus, exotel, mycpaas, signalwire, voicedock } from '@call-status/core';
import { expect, it } from 'vitest';
import { type Callback, callback } from './callback.ts';
import { expired, forged, tampered, unsigned, withBody, withUrl } from './negative.ts';

const NOW = Date.UTC(2026, 5, 25);
const signed = { secret: 's', nowMs: NOW };
const form = callback(signalwire, 'completed', signed);
const json = callback(signalwire, 'completed', { ...signed, encoding: 'json' });
const get = callback(signalwire, 'completed', { ...signed, encoding: 'query', url: '/a?tenant=7' });
const bytes = callback(voicedock, 'completed', signed);
const token = callback(exotel, 'completed', { token: 't' });

it.each<[string, Callback, string]>([
  ['a forged form', forged(form), 'signature_mismatch'],
  ['a forged JSON text', forged(json), 'signature_mismatch'],
  ['a forged GET', forged(get), 'signature_mismatch'],
  ['forged bytes', forged(bytes), 'signature_mismatch'],
  ['a forged token', forged(token), 'token_mismatch'],
  ['an unsigned form', unsigned(form), 'signature_missing'],
  ['unsigned bytes', unsigned(bytes), 'signature_missing'],
  ['no token', unsigned(token), 'token_missing'],
  ['a replay', expired(bytes), 'signature_expired'],
  ['a tampered form', tampered(form), 'signature_mismatch'],
  [
    'a tampered form that ends with an escape',
    tampered(callback(signalwire, 'completed', { ...signed, fields: { z: 'a[' } })),
    'signature_mismatch',
  ],
  ['a tampered JSON text', tampered(json), 'signature_mismatch'],
  ['a tampered GET', tampered(get), 'signature_mismatch'],
  ['tampered bytes', tampered(bytes), 'signature_mismatch'],
  ['another body', withBody(form, 'CallSid=1&CallStatus=completed'), 'signature_mismatch'],
  ['another URL', withUrl(form, '/elsewhere'), 'signature_mismatch'],
  ['another host', withUrl(form, 'http://internal:3000/webhooks/signalwire'), 'signature_mismatch'],
])('%s is refused', async (_, made, code) => {
  const calls = createCallStatus({
    providers: [signalwire({ signingKey: 's' }), voicedock({ secret: 's' }), exotel({ token: 't' })],
    clock: () => NOW,
    log: { warn() {}, error() {} },
  });
  const receipt = await calls.provider(made.made.provider.definition.name as 'exotel').receive(made);
  expect(receipt?.error?.code).toBe(code);
  await calls.close();
});

it('changes no callback', () => {
  const before = JSON.stringify(form);
  for (const change of [forged, unsigned, tampered]) expect(change(form)).not.toBe(form);
  expect(JSON.stringify(form)).toBe(before);
});

it.each([
  [
    () => forged(callback(mycpaas, 'completed')),
    'This callback of mycpaas has no proof: pass callback() a secret or a token.',
  ],
  [() => expired(form), 'What proves a callback of signalwire has no timestamp, so it does not expire.'],
  [() => tampered(token), 'This callback of exotel is not signed, so changes to its fields cannot be detected.'],
])('refuses what cannot be: %#', (make, message) => {
  expect(make).toThrow(message);
});

it.each([
  ['{"a":"a"}', '{"a":"b"}'],
  ['{"a":"B"}', '{"a":"a"}'],
  ['{"a":9}', '{"a":0}'],
])('tampers with one character: %s', (body, changed) => {
  expect(tampered(callback(voicedock, 'completed', { ...signed, body })).body.toString()).toBe(changed);
});

it('takes the age of a replay', () => {
  const at = (made: Callback) => Number(made.headers['x-webhook-timestamp']) * 1000;
  expect(at(bytes) - at(expired(bytes))).toBe(3_600_000);
  expect(at(bytes) - at(expired(bytes, 60_000))).toBe(60_000);
});
