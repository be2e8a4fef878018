import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../decode/fields.ts';
import { IncomingCallback } from '../provider/incoming-callback.ts';
import { mismatchHint } from './hint.ts';

function message(headers: Record<string, string> = {}, more: object = { body: Buffer.alloc(0) }): IncomingCallback {
  const request = { method: 'POST', url: '/voice?token=secret', origin: 'http://localhost:3000', headers };
  return new IncomingCallback({ ...request, ...more }, DEFAULT_LIMITS);
}

describe('mismatchHint', () => {
  it.each([
    ['no secret', message(), [], 'No secret was found'],
    ['a parsed body', message({}, { parsed: {} }), ['x'], 'Another parser took the body apart first'],
    ['another scheme', message({ 'x-forwarded-proto': 'https' }), ['x'], 'the provider called https:'],
    ['no scheme at all', message({ 'x-forwarded-proto': 'x'.repeat(10_000) }), ['x'], 'set publicUrl; else the secret'],
    ['an invalid scheme', message({ 'x-forwarded-proto': 'ftp' }), ['x'], 'set publicUrl; else the secret'],
    ['another host', message({ 'x-forwarded-host': 'example.com' }), ['x'], 'called another host'],
    ['a GET', message({}, { method: 'GET' }), ['x'], 'set publicUrl; else the secret'],
    [
      'no proxy that disagrees',
      message({ 'x-forwarded-proto': 'http', 'x-forwarded-host': 'localhost:3000' }),
      ['x'],
      'set publicUrl; else the secret',
    ],
  ])('names the likeliest cause: %s', (_, given, secrets, hint) => {
    expect(mismatchHint(given, secrets, 'fields')).toContain(hint);
    expect(mismatchHint(given, secrets, 'fields')).not.toContain('secret&');
    if (secrets.length > 0)
      expect(mismatchHint(given, secrets, 'fields')).toContain('http://localhost:3000/voice?token=….');
  });

  it('says nothing of the URL where the signature does not cover it', () => {
    const hint = mismatchHint(message({ 'x-forwarded-proto': 'https' }), ['x'], 'bytes');
    expect(hint).toBe("The secret is not this provider's, or something on the way changed the body.");
    expect(mismatchHint(message(), [], 'bytes')).toBe('No secret was found for this request.');
  });
});
