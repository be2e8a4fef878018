// What a receiver finds out about the rejected callbacks that its inbox keeps.
import {
  type CallStatusOptions,
  createCallStatus,
  exotel,
  memoryInbox,
  signalwire,
  voicedock,
} from '@call-status/core';
import type { Refusal } from '@call-status/core/inbox';
import { callback, forged, withBody } from '@call-status/testing';
import { expect, it, onTestFinished } from 'vitest';

const TOKEN = 'a-long-token-17';
const KEY = 'a-signing-key';
const SENT = { secret: KEY, url: 'http://hooks.example.com/webhooks/signalwire' };

/** Rejects one callback, and returns what the inbox keeps of it. */
async function rejecting(options: Partial<CallStatusOptions>, request: ReturnType<typeof callback>) {
  const calls = createCallStatus({
    providers: [exotel({ token: TOKEN }), signalwire({ signingKey: KEY }), voicedock({ secret: 'of-voicedock' })],
    inbox: memoryInbox(),
    keepRefused: { raw: true },
    log: { warn() {}, error() {} },
    ...(options as object),
  });
  onTestFinished(() => calls.close());
  expect((await calls.receive(request))?.status).toBe(403);
  const read = async (): Promise<Refusal | undefined> => (await calls.inbox.refusals.list()).rows[0];
  await expect.poll(read).toBeDefined();
  return { calls, refusal: (await read()) as Refusal };
}

it('a wrong secret is found with the one of the receiver', async () => {
  const { calls, refusal } = await rejecting({}, forged(callback(signalwire, 'completed', SENT)));
  const { diagnosis, notes } = await calls.diagnose(refusal);
  expect(diagnosis).toMatchObject({ verdict: 'mismatch' });
  expect(diagnosis?.findings[0]).toMatchObject({ certain: false });
  expect(notes).toEqual([]);
  expect(JSON.stringify(diagnosis)).not.toContain(KEY);
});

it('what explains it for certain is found, such as another publicUrl', async () => {
  const sent = callback(signalwire, 'completed', SENT);
  const request = { ...sent, headers: { ...sent.headers, host: 'hooks.example.com' } };
  const { calls, refusal } = await rejecting({ publicUrl: 'https://other.example.com' }, request);
  const { diagnosis } = await calls.diagnose(refusal);
  expect(diagnosis?.findings[0]).toMatchObject({ certain: true });
});

it('the scheme and the host are those that the receiver saw', async () => {
  const sent = callback(signalwire, 'completed', {
    secret: KEY,
    url: 'https://hooks.example.com/webhooks/signalwire/',
  });
  const { calls, refusal } = await rejecting({}, { ...sent, url: '/webhooks/signalwire' });
  const { diagnosis } = await calls.diagnose(refusal);
  expect(diagnosis?.findings.map(({ rule, certain }) => [rule, certain])).toEqual([['trailing_slash', true]]);
});

it('a token that was replaced is put back', async () => {
  const { calls, refusal } = await rejecting(
    { providers: [signalwire({ signingKey: KEY, token: TOKEN })] },
    forged(callback(signalwire, 'completed', SENT)),
  );
  expect(refusal.code).toBe('token_missing');
  const kept = refusal.request as NonNullable<Refusal['request']>;
  const { diagnosis, notes } = await calls.diagnose({
    ...refusal,
    request: { ...kept, url: `${kept.url}?token={token}` },
  });
  expect(diagnosis?.findings.map(({ rule }) => rule)).not.toContain('token');
  expect(notes).toEqual([expect.stringContaining('The token in the URL was replaced')]);
});

it('a body that was cut, and values that were replaced, are mentioned', async () => {
  const long = withBody(
    forged(callback(signalwire, 'completed', SENT)),
    `CallSid=1&CallStatus=busy&password=x&a=${'b'.repeat(20_000)}`,
  );
  const { calls, refusal } = await rejecting({ providers: [signalwire({ signingKey: KEY })] }, long);
  const { notes } = await calls.diagnose(refusal);
  expect(notes).toEqual([
    expect.stringContaining('were replaced'),
    expect.stringMatching(/^Only the first 16384 of \d+ bytes/),
  ]);
});

it('a function of the application that fails is no error', async () => {
  let isFailing = false;
  const { calls, refusal } = await rejecting(
    {
      providers: [
        signalwire({
          signingKey: () => {
            if (isFailing) throw new Error('down');
            return KEY;
          },
        }),
      ],
      publicUrl: () => {
        if (isFailing) throw new Error('down');
        return 'http://hooks.example.com';
      },
    },
    forged(callback(signalwire, 'completed', SENT)),
  );
  expect((await calls.diagnose(refusal)).diagnosis?.verdict).toBe('mismatch');
  isFailing = true;
  expect(await calls.diagnose(refusal)).toEqual({ notes: [expect.stringContaining('could not be looked up')] });
});

it('what else fails only makes the diagnosis poorer', async () => {
  let isFailing = false;
  const failing = (value: string) => () => {
    if (isFailing) throw new Error('down');
    return value;
  };
  const { calls, refusal } = await rejecting(
    {
      providers: [signalwire({ signingKey: KEY }), voicedock({ secret: failing('of-voicedock') })],
      publicUrl: failing('http://hooks.example.com'),
    },
    forged(callback(signalwire, 'completed', SENT)),
  );
  isFailing = true;
  expect((await calls.diagnose(refusal)).diagnosis?.verdict).toBe('mismatch');
});

it('without a request or a provider, a note says why there is no diagnosis', async () => {
  const { calls, refusal } = await rejecting({ keepRefused: {} }, forged(callback(signalwire, 'completed', SENT)));
  expect(await calls.diagnose(refusal)).toEqual({ notes: [expect.stringContaining('keepRefused: { raw: true }')] });
  const request = { method: 'GET', url: '/', headers: {} };
  expect(await calls.diagnose({ request, firstAt: refusal.firstAt })).toEqual({
    notes: ['Its provider is not known.'],
  });
  const { diagnosis } = await calls.diagnose({ request, provider: 'exotel', firstAt: refusal.firstAt });
  expect(diagnosis?.verdict).toBe('missing');
});

it('a receiver knows its providers and its logger', async () => {
  const log = { warn() {}, error() {} };
  const { calls } = await rejecting({ log }, forged(callback(signalwire, 'completed', SENT)));
  expect([calls.providerNames, calls.log]).toEqual([['exotel', 'signalwire', 'voicedock'], log]);
});
