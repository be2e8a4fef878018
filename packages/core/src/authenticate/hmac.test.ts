import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { hmac } from './hmac.ts';

it('signs the parts as if they were one', () => {
  const whole = createHmac('sha256', 'key').update('https://example.com/ä.{"a":1}').digest('hex');
  expect(hmac('sha256', 'key', 'hex', 'https://example.com/ä', '.', Buffer.from('{"a":1}'))).toBe(whole);
});

it('signs with SHA-1 in base64 as in the second case of RFC 2202', () => {
  const expected = Buffer.from('effcdf6ae5eb2fa2d27416d5f184df9c259a7c79', 'hex').toString('base64');
  expect(hmac('sha1', 'Jefe', 'base64', 'what do ya want for nothing?')).toBe(expected);
});
