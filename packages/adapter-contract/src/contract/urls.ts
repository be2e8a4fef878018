import { describe, expect, it } from 'vitest';
import type { Adapter, Mount } from '../adapter.ts';
import { callback, genuine, PATH } from '../callbacks.ts';
import type { Fixture } from '../fixtures.ts';
import { open } from '../subject.ts';

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

    it('without what a stranger says of it', async () => {
      const subject = await open(adapter, { mount: mount.name });
      expect((await subject.send(forwarded(genuine(callback('signalwire'), subject.origin)))).status).toBe(200);
      expect((await subject.send(forwarded(genuine(callback('signalwire'), PUBLIC)))).status).toBe(403);
      expect(subject.errors[0]?.message).toContain('trust proxy');
    });
  });
}

function forwarded(made: Fixture): Fixture {
  return { ...made, headers: { ...made.headers, ...FORWARDED } };
}
