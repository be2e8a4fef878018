import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { builtInProviders, createCallStatus, exotel, mycpaas, signalwire, voicedock } from '@call-status/core';
import { describe, expect, it } from 'vitest';
import { fixtures } from '../fixtures/fixtures.ts';
import type { ProviderLike } from '../provider-like.ts';
import { type Callback, callback } from './callback.ts';
import { optionsFor, proofFor } from './proof.ts';

const NOW = Date.UTC(2026, 5, 25);
const SECRET = 'of the test';
const silent = { warn() {}, error() {} };
const options = {
  providers: builtInProviders.map((provider) => provider(optionsFor(provider, SECRET))),
  clock: () => NOW,
  log: silent,
} as const;
const proofOf = (provider: ProviderLike) => ({ nowMs: NOW, ...proofFor(provider, SECRET) });

async function receiptOf(made: Callback) {
  const calls = createCallStatus(options);
  const receipt = await calls.provider(made.made.provider.definition.name as 'exotel').receive(made);
  await calls.close();
  return receipt;
}

describe.each(builtInProviders.map((provider) => [provider.definition.name, provider] as const))(
  '%s',
  (_, provider) => {
    it.each(fixtures(provider).filter(({ expect: { kind } }) => kind === 'event'))(
      'is genuine: $name',
      async ({ name }) => {
        const made = callback(provider, name, proofOf(provider));
        expect(await receiptOf(made)).toMatchObject({ status: 200 });
        expect(made.body).toEqual(fixtures(provider).find((fixture) => fixture.name === name)?.body);
      },
    );

    it('is the completed call with the best evidence', async () => {
      const { event } = (await receiptOf(callback(provider, 'completed', proofOf(provider)))) ?? {};
      expect(event?.status).toBe('completed');
    });

    it('has another call id wherever it has the first', async () => {
      const first = callback(provider, 'completed', proofOf(provider));
      const { callId } = (await receiptOf(first))?.event ?? {};
      const other = callback(provider, 'completed', { ...proofOf(provider), callId: `${callId}0`.slice(1) });
      expect((await receiptOf(other))?.event?.callId).toBe(`${callId}0`.slice(1));
    });
  },
);

describe('fields', () => {
  it('are merged, and removed', async () => {
    const made = callback(signalwire, 'completed', {
      fields: { CallDuration: 42, From: undefined, Note: 'ünïcode & co' },
      ...proofOf(signalwire),
    });
    const { event } = (await receiptOf(made)) ?? {};
    expect(event).toMatchObject({
      durationSeconds: 42,
      trust: 'signed',
      raw: { CallDuration: '42', Note: 'ünïcode & co' },
    });
    expect(event).not.toHaveProperty('from');
  });

  it('may be within others, and lists are replaced', async () => {
    const voice = callback(voicedock, 'completed', {
      fields: { message: { end_reason: 'max_duration', customer: { number: null } } },
      ...proofOf(voicedock),
    });
    expect((await receiptOf(voice))?.event).toMatchObject({
      hangup: { cause: 'max_duration' },
      line: { name: 'Example Front Desk' },
    });
    const legs = callback(exotel, 'completed', { fields: { Legs: [{ Status: 'busy' }] }, token: SECRET });
    expect((await receiptOf(legs))?.event?.legs).toEqual([{ status: 'busy', rawStatus: 'busy' }]);
  });

  it.each([
    [exotel, 'form'],
    [exotel, 'multipart'],
    [exotel, 'json'],
    [signalwire, 'form'],
    [signalwire, 'json'],
    [signalwire, 'query'],
    [mycpaas, 'form'],
  ] as const)('%# come as %s', async (provider, encoding) => {
    const proof = proofOf(provider);
    const plain = (await receiptOf(callback(provider, 'completed', proof)))?.event;
    const made = callback(provider, 'completed', { encoding, ...proof });
    const { raw: _, receivedAt: __, ...event } = (await receiptOf(made))?.event ?? { raw: 0, receivedAt: 0 };
    expect(plain).toMatchObject(event);
  });

  it('of a GET fixture stay a query', async () => {
    const made = callback(signalwire, 'completed-get', { fields: { CallDuration: 7 }, ...proofOf(signalwire) });
    expect(made.method).toBe('GET');
    expect((await receiptOf(made))?.event?.durationSeconds).toBe(7);
  });

  it('of a sample of your own', async () => {
    const body = Buffer.from('CallSid=CA1&CallStatus=ringing');
    const headers = { 'content-type': 'application/x-www-form-urlencoded', host: 'x', 'content-length': '7' };
    const made = callback(mycpaas, { method: 'POST', url: '/', headers, body }, { token: SECRET });
    expect((await receiptOf(made))?.event).toMatchObject({ callId: 'CA1', status: 'ringing' });
    expect(Object.keys(made.headers)).toEqual(['content-type']);
  });
});

describe('the URL', () => {
  it.each([
    ['https://x.example:8443/a/b?tenant=7', 'https://x.example:8443', '/a/b?tenant=7'],
    ['/a?tenant=7', 'https://hooks.example.com', '/a?tenant=7'],
    ['http://x.example', 'http://x.example', '/'],
    ['?a=1', 'https://hooks.example.com', '/?a=1'],
  ])('is %s', (url, origin, path) => {
    expect(callback(voicedock, 'completed', { url })).toMatchObject({ origin, url: path });
  });

  it('has the fields of a GET after its own, and the token', () => {
    const made = callback(signalwire, 'completed', { url: '/a?tenant=7', encoding: 'query', token: 't' });
    expect(made.url).toMatch(/^\/a\?tenant=7&CallSid=.*&token=t$/);
  });
});

it('signs another body like the fields', async () => {
  const made = callback(voicedock, 'completed', { body: '{"message":', ...proofOf(voicedock) });
  expect((await receiptOf(made))?.error?.code).toBe('malformed_body');
});

it.each([
  [
    () => callback(exotel, 'completed', { secret: 'x' }),
    'exotel has no sign(), so a secret proves nothing: use a token.',
  ],
  [() => callback(exotel, 'initiated'), 'exotel has no fixture "initiated". It has agent-hung-up, '],
  [
    () => callback({ definition: { ...exotel.definition, name: 'acme' } }, 'x'),
    'It has none: pass a fixture of your own',
  ],
  [() => callback(voicedock, 'completed', { encoding: 'query' }), 'voicedock sends no GET.'],
  [() => callback(exotel, 'invalid-no-call', { callId: 'x' }), 'This callback of exotel has no call id to replace.'],
])('refuses %#: %s', (make, message) => {
  expect(make).toThrow(message);
});

it('is a Request too', async () => {
  const calls = createCallStatus(options);
  for (const request of [
    callback.fetch(exotel, 'completed', { encoding: 'multipart', token: SECRET }),
    callback.fetch(callback(signalwire, 'completed', { encoding: 'query', ...proofOf(signalwire) })),
  ]) {
    expect((await calls.fetch(request))?.status).toBe(200);
  }
  await calls.close();
});

it('converts a request that is not of a fixture', async () => {
  const bare = { method: 'POST', url: '/a', origin: 'https://x.example', headers: { a: ['1', '2'], b: undefined } };
  const request = callback.fetch(bare);
  expect([request.method, request.url, request.headers.get('a'), await request.text()]).toEqual([
    'POST',
    'https://x.example/a',
    '1, 2',
    '',
  ]);
  expect(callback.curl(bare)).toBe("curl -X POST https://x.example/a -H 'a: 1' -H 'a: 2'");
});

it('writes null as nothing where the encoding has no null', async () => {
  const made = callback(exotel, 'completed', { encoding: 'form', fields: { RecordingUrl: null }, token: SECRET });
  expect((await receiptOf(made))?.event?.raw).toMatchObject({ RecordingUrl: '' });
});

it('is a curl command too, which sends the same bytes', async () => {
  for (const made of [
    callback(exotel, 'completed', { encoding: 'multipart', token: SECRET, fields: { CustomField: "it's \\ ü" } }),
    callback(signalwire, 'completed', { encoding: 'query', ...proofOf(signalwire) }),
    callback(mycpaas, 'completed', { token: 't' }),
  ]) {
    const server = createServer(async (req, res) => {
      const body = await buffer(req);
      res.end();
      expect([req.method, req.url, body]).toEqual([made.method, made.url, Buffer.from(made.body)]);
      expect(req.headers).toMatchObject(made.headers);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const local = { ...made, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    await promisify(execFile)('bash', ['-c', `${callback.curl(local)} --fail --silent --show-error`]);
    server.close();
  }
  expect(callback.curl(mycpaas, 'completed', { token: 't', url: 'https://x.example/v' })).toBe(
    "curl -X POST 'https://x.example/v?token=t' -H 'content-type: application/x-www-form-urlencoded' --data-binary 'CallSid=CA1234567890abcdef&CallStatus=completed'",
  );
});

it.each<[object, string]>([
  [
    { secert: 's' },
    '`secert` is no option; did you mean `secret`? Known: fields, encoding, callId, occurredAtMs, body, url, ',
  ],
  [{ signingKey: 's' }, '`signingKey` is no option; here it is `secret`.'],
  [{ encoding: 'xml' }, "`encoding`: expected 'form', 'multipart', 'json' or 'query', got 'xml'."],
  [{ fields: null }, '`fields`: expected an object of fields, got null.'],
  [{ body: 7 }, '`body`: expected a text or bytes, got 7.'],
])('refuses the options %j', (options, issue) => {
  expect(() => callback(signalwire, 'completed', options as never)).toThrow(issue);
});
