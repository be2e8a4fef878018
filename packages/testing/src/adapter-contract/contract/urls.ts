import assert from 'node:assert/strict';
import type { CallStatusError } from '@call-status/core';
import type { ErrorDetails } from '@call-status/core/provider';
import type { Fixture } from '../../fixtures/fixture-file.ts';
import { callback, genuine, PATH } from '../callbacks.ts';
import type { Subject } from '../subject.ts';
import type { AdapterSuite } from '../suite.ts';

const PUBLIC = 'https://hooks.example.com:8443';
const FORWARDED = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'hooks.example.com:8443' };

/** The URL over which a signature is verified is the one that the provider called. */
export function testUrls({ adapter, describe, it, each }: AdapterSuite): void {
  describe('verifies the URL', () => {
    it('with its mount path and its query', async (open) => {
      const subject = await open();
      const made = genuine(callback('signalwire', { query: 'tenant=7&note=%20a+b' }), subject.origin);
      assert.equal((await subject.send(made)).status, 200);
      assert.equal((await subject.send({ ...made, url: `${PATH}?tenant=8&note=%20a+b` })).status, 403);
      assert.equal((await subject.send({ ...made, url: PATH })).status, 403);
      assert.deepEqual(
        subject.errors.map(({ details }) => details.url),
        [`${subject.origin}${PATH}?tenant=…&note=…`, `${subject.origin}${PATH}`],
      );
    });

    each(
      [
        ['an origin', PUBLIC, PUBLIC],
        ['a prefix that a proxy removes', `${PUBLIC}/prefix`, `${PUBLIC}/prefix`],
        ['the whole address', `${PUBLIC}${PATH}`, PUBLIC],
      ],
      ([value]) => `with publicUrl: ${value}`,
      async (open, [_, publicUrl, called]) => {
        const subject = await open({ options: { publicUrl } });
        const made = callback('signalwire', { query: 'tenant=7' });
        assert.equal((await subject.send(genuine(made, called))).status, 200);
        assert.equal((await subject.deliver(made)).status, 403);
      },
    );

    it('with what a trusted proxy says', async (open) => {
      const subject = await open({ trustProxy: true });
      assert.equal((await subject.send(forwarded(genuine(callback('signalwire'), PUBLIC)))).status, 200);
      assert.equal((await subject.send(genuine(callback('signalwire', { call: 2 }), subject.origin))).status, 200);
      assert.equal((await subject.send(forwarded(genuine(callback('signalwire'), subject.origin)))).status, 403);
    });

    each(
      [
        { 'x-forwarded-proto': 'https,http' },
        { 'x-forwarded-proto': 'https, http' },
        { 'x-forwarded-proto': 'HTTPS' },
        { 'x-forwarded-host': 'hooks.example.com:8443, backend.internal' },
      ],
      (value) => `with the first of what several trusted proxies say: ${JSON.stringify(value)}`,
      async (open, headers) => {
        const subject = await open({ trustProxy: true });
        const made = forwarded(genuine(callback('signalwire'), PUBLIC));
        assert.equal((await subject.send({ ...made, headers: { ...made.headers, ...headers } })).status, 200);
      },
    );

    it('without what a stranger says of it', async (open) => {
      const subject = await open();
      assert.equal((await subject.send(forwarded(genuine(callback('signalwire'), subject.origin)))).status, 200);
      assert.equal((await subject.send(forwarded(genuine(callback('signalwire'), PUBLIC)))).status, 403);
    });
  });

  describe('says, if the signature does not match,', () => {
    it('of a proxy that says another scheme, or another host', async (open) => {
      const subject = await open();
      const made = genuine(callback('signalwire'), PUBLIC);
      const { 'x-forwarded-host': host } = FORWARDED;
      await subject.send(forwarded(made));
      expectHint(
        subject,
        'A proxy says that the provider called another URL (x-forwarded-proto and x-forwarded-host).',
      );
      await subject.send({ ...made, headers: { ...made.headers, 'x-forwarded-host': host } });
      // On a slow machine it is tried, too, and then the scheme is a part of what is found.
      expectHint(subject, 'A proxy says that the provider called another ');
      expectHint(subject, ' (x-forwarded-host).');
    });

    each(
      [
        ['host', 'http://hooks.example.com'],
        ['port', 'http://127.0.0.1:1'],
      ],
      ([value]) => `that the provider may have called another ${value}`,
      async (open, [_, called]) => {
        const subject = await open();
        await subject.send(genuine(callback('signalwire', { query: 'tenant=7' }), called));
        const { hint } = expectHint(
          subject,
          'If the provider called another URL (scheme, host, port, path), set publicUrl',
        );
        assert.ok(hint?.includes(`The URL verified was ${subject.origin}${PATH}?tenant=….`));
      },
    );

    each(
      adapter.parsers.filter(({ reads, keepsBytes }) => reads.includes('form') && !keepsBytes),
      (row) => `that ${row.name} was there before`,
      async (open, { name }) => {
        const subject = await open({ parser: name, order: 'before' });
        await subject.send(genuine(callback('signalwire'), PUBLIC));
        expectHint(subject, 'Another parser took the body before call-status. Mount call-status before that parser');
      },
    );

    it('nothing of the URL where the provider signs only the body', async (open) => {
      const subject = await open();
      await subject.send(forwarded(genuine(callback('voicedock'), subject.origin, 'the secret of another')));
      const { hint } = expectHint(subject, "The secret is not this provider's, or something changed the body.");
      assert.ok(!hint?.includes('URL'));
    });
  });
}

/** The last refusal names this cause, to onError and in the log. */
function expectHint({ errors, lines }: Subject, hint: string): ErrorDetails {
  const { code, details } = errors.at(-1) as CallStatusError;
  assert.equal(code, 'signature_mismatch');
  assert.ok(details.hint?.includes(hint), details.hint);
  const { hint: said = '', ...values } = details;
  assert.ok(lines.at(-2)?.includes(said), lines.at(-2));
  assert.equal(lines.at(-1), JSON.stringify({ code, ...values }));
  return details;
}

function forwarded(made: Fixture): Fixture {
  return { ...made, headers: { ...made.headers, ...FORWARDED } };
}
