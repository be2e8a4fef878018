import type { CallStatusError, ErrorDetails } from '@call-status/core';
import { describe, expect, it } from 'vitest';
import type { Adapter, Mount } from '../adapter.ts';
import { callback, genuine, PATH } from '../callbacks.ts';
import type { Fixture } from '../fixtures.ts';
import { open, type Subject } from '../subject.ts';

const PUBLIC = 'https://hooks.example.com:8443';
const FORWARDED = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'hooks.example.com:8443' };

/** The URL over which a signature is verified is the one that the provider called. */
export function testUrls(adapter: Adapter, mount: Mount): void {
  describe('verifies the URL', () => {
    it('with its mount path and its query', async () => {
      const subject = await open(adapter, { mount: mount.name });
      const made = genuine(callback('signalwire', { query: 'tenant=7&note=%20a+b' }), subject.origin);
      expect((await subject.send(made)).status).toBe(200);
      expect((await subject.send({ ...made, url: `${PATH}?tenant=8&note=%20a+b` })).status).toBe(403);
      expect((await subject.send({ ...made, url: PATH })).status).toBe(403);
      expect(subject.errors.map(({ details }) => details.url)).toEqual([
        `${subject.origin}${PATH}?tenant=…&note=…`,
        `${subject.origin}${PATH}`,
      ]);
    });

    it.each([
      ['an origin', PUBLIC, PUBLIC],
      ['a prefix that a proxy takes away', `${PUBLIC}/prefix`, `${PUBLIC}/prefix`],
      ['the whole address', `${PUBLIC}${PATH}`, PUBLIC],
    ])('with publicUrl: %s', async (_, publicUrl, called) => {
      const subject = await open(adapter, { mount: mount.name, options: { publicUrl } });
      const made = callback('signalwire', { query: 'tenant=7' });
      expect((await subject.send(genuine(made, called))).status).toBe(200);
      expect((await subject.deliver(made)).status).toBe(403);
    });

    it('with what a trusted proxy says', async () => {
      const subject = await open(adapter, { mount: mount.name, trustProxy: true });
      expect((await subject.send(forwarded(genuine(callback('signalwire'), PUBLIC)))).status).toBe(200);
      expect((await subject.send(genuine(callback('signalwire', { call: 2 }), subject.origin))).status).toBe(200);
      expect((await subject.send(forwarded(genuine(callback('signalwire'), subject.origin)))).status).toBe(403);
    });

    it.each([
      { 'x-forwarded-proto': 'https,http' },
      { 'x-forwarded-proto': 'https, http' },
      { 'x-forwarded-proto': 'HTTPS' },
      { 'x-forwarded-host': 'hooks.example.com:8443, backend.internal' },
    ])('with the first of what several trusted proxies say: %j', async (headers) => {
      const subject = await open(adapter, { mount: mount.name, trustProxy: true });
      const made = forwarded(genuine(callback('signalwire'), PUBLIC));
      expect((await subject.send({ ...made, headers: { ...made.headers, ...headers } })).status).toBe(200);
    });

    it('without what a stranger says of it', async () => {
      const subject = await open(adapter, { mount: mount.name });
      expect((await subject.send(forwarded(genuine(callback('signalwire'), subject.origin)))).status).toBe(200);
      expect((await subject.send(forwarded(genuine(callback('signalwire'), PUBLIC)))).status).toBe(403);
    });
  });

  describe('tells, when the signature does not fit,', () => {
    it('of a proxy that says another scheme, or another host', async () => {
      const subject = await open(adapter, { mount: mount.name });
      const made = genuine(callback('signalwire'), PUBLIC);
      const { 'x-forwarded-host': host } = FORWARDED;
      await subject.send(forwarded(made));
      expectHint(subject, 'A proxy says that the provider called https: set publicUrl');
      await subject.send({ ...made, headers: { ...made.headers, 'x-forwarded-host': host } });
      expectHint(subject, 'A proxy says that the provider called another host: set publicUrl');
    });

    it.each([
      ['host', 'http://hooks.example.com'],
      ['port', 'http://127.0.0.1:1'],
    ])('that the provider may have called another %s', async (_, called) => {
      const subject = await open(adapter, { mount: mount.name });
      await subject.send(genuine(callback('signalwire', { query: 'tenant=7' }), called));
      const { hint } = expectHint(subject, 'If the provider called another (scheme, host, port, path), set publicUrl');
      expect(hint).toContain(`The URL verified was ${subject.origin}${PATH}?tenant=….`);
    });

    it.each(adapter.parsers.filter(({ reads, keepsBytes }) => reads.includes('form') && !keepsBytes))(
      'that $name was there before',
      async ({ name }) => {
        const subject = await open(adapter, { mount: mount.name, parser: name, order: 'before' });
        await subject.send(genuine(callback('signalwire'), PUBLIC));
        expectHint(subject, 'Another parser took the body apart first: mount call-status before it.');
      },
    );

    it('nothing of the URL where the provider signs only the body', async () => {
      const subject = await open(adapter, { mount: mount.name });
      await subject.send(forwarded(genuine(callback('voicedock'), subject.origin, 'the secret of another')));
      const { hint } = expectHint(
        subject,
        "The secret is not this provider's, or something on the way changed the body.",
      );
      expect(hint).not.toContain('URL');
    });
  });
}

/** The last refusal names this cause, to whoever asked for errors and in the log. */
function expectHint({ errors, lines }: Subject, hint: string): ErrorDetails {
  const { code, details } = errors.at(-1) as CallStatusError;
  expect(code).toBe('signature_mismatch');
  expect(details.hint).toContain(hint);
  expect(lines.at(-1)).toBe(JSON.stringify({ code, ...details }));
  return details;
}

function forwarded(made: Fixture): Fixture {
  return { ...made, headers: { ...made.headers, ...FORWARDED } };
}
