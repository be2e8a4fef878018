import { callStatusMiddleware, createCallStatus, exotel, mycpaas, signalwire, voicedock } from '@call-status/express';
import { callback, fixtures } from '@call-status/testing';
import express from 'express';
import { expect, it, onTestFinished, vi } from 'vitest';
import { instrument, prometheus, type Sample, serve, silent } from './support.ts';

const KEY = 'a-long-secret-of-the-test';
const TEXT = 'the database refused +15551230000';

/** Express with four providers. Handlers of failed calls fail, the second time for good. */
async function service() {
  const { meterProvider, scrape } = await prometheus();
  const { traceContext } = instrument({ meterProvider });
  const calls = createCallStatus({
    providers: [
      signalwire({ signingKey: KEY }),
      exotel({ token: KEY }),
      mycpaas({ token: KEY }),
      voicedock({ secret: KEY }),
    ],
    traceContext,
    log: silent,
    retry: { attempts: 2, backoff: () => 0 },
    onCompleted: () => new Promise(setImmediate),
    onRinging() {},
    onFailed() {
      throw new TypeError(TEXT);
    },
  });
  onTestFinished(() => calls.close());
  const app = express();
  app.use(callStatusMiddleware(calls));
  app.use((_req, res) => void res.status(404).end());
  const origin = await serve(app);
  const post = async (request: Request): Promise<number> => (await fetch(request)).status;
  return { scrape, origin, url: `${origin}/webhooks/voice`, post };
}

/** The values of a metric by their labels, in the order in which they appeared. */
function valuesOf(samples: readonly Sample[], name: string): [string, number][] {
  return samples
    .filter((sample) => sample.name === name)
    .map(({ labels, value }) => [Object.values(labels).join(' '), value]);
}

const CALL = '11111111-2222-4333-8444-555555555555';

it('are what Prometheus scrapes after callbacks of several providers', async () => {
  const { scrape, origin, url, post } = await service();
  const genuine = { secret: KEY, url, callId: CALL, fields: { CallDuration: 42 } };
  expect(await post(callback.fetch(signalwire, 'completed', genuine))).toBe(200);
  expect(await post(callback.fetch(signalwire, 'completed', genuine))).toBe(200);
  expect(await post(callback.fetch(signalwire, 'completed', { ...genuine, secret: 'guessed' }))).toBe(403);
  expect(await post(callback.fetch(exotel, 'completed', { token: KEY, url }))).toBe(200);
  expect(await post(callback.fetch(mycpaas, 'failed', { token: KEY, url }))).toBe(200);
  expect(await post(callback.fetch(voicedock, 'ringing', { secret: KEY, url }))).toBe(200);
  const order = { method: 'POST', body: new URLSearchParams({ item: '1' }) };
  expect(await post(new Request(`${origin}/orders`, order))).toBe(404);
  await vi.waitFor(async () => {
    const samples = await scrape();
    expect(valuesOf(samples, 'call_status_dead_letters_total')).toEqual([['mycpaas onFailed', 1]]);
    expect(valuesOf(samples, 'call_status_handler_duration_count')).toHaveLength(4);
  });

  const samples = await scrape();
  expect(valuesOf(samples, 'call_status_callbacks_total')).toEqual([
    ['signalwire advance 200 signed', 1],
    ['signalwire duplicate 200 signed', 1],
    ['signalwire signature_mismatch 403', 1],
    ['exotel advance 200 token', 1],
    ['mycpaas advance 200 token', 1],
    ['voicedock advance 200 signed', 1],
    ['unknown passed_on', 1],
  ]);
  // What was passed on was not answered here, and a duplicate is late only because its provider retried it.
  expect(valuesOf(samples, 'call_status_callback_duration_count')).toHaveLength(6);
  expect(valuesOf(samples, 'call_status_callback_lateness_count')).toEqual([
    ['signalwire', 1],
    ['exotel', 1],
    ['voicedock', 1],
  ]);
  expect(valuesOf(samples, 'call_status_calls_ended_total')).toEqual([
    ['signalwire completed outbound', 1],
    ['exotel completed outbound', 1],
    ['mycpaas failed', 1],
  ]);
  expect(valuesOf(samples, 'call_status_call_duration_sum')[0]).toEqual(['signalwire completed', 42]);
  expect(valuesOf(samples, 'call_status_call_mos_sum')).toEqual([['signalwire', 4.5]]);
  expect(new Map(valuesOf(samples, 'call_status_handler_duration_count'))).toEqual(
    new Map([
      ['signalwire onCompleted done', 1],
      ['exotel onCompleted done', 1],
      ['mycpaas onFailed failed', 2],
      ['voicedock onRinging done', 1],
    ]),
  );
  expect(valuesOf(samples, 'call_status_handler_retries_total')).toEqual([['mycpaas onFailed', 1]]);
});

it('have no call id, number, URL or text of an error in their labels, whatever a provider or a client sends', async () => {
  const { scrape, origin, url, post } = await service();
  for (const provider of [signalwire, exotel, mycpaas, voicedock]) {
    const proof = provider === signalwire || provider === voicedock ? { secret: KEY } : { token: KEY };
    for (const sample of fixtures(provider)) await post(callback.fetch(provider, sample, { ...proof, url }));
  }
  for (const path of ['/+15551234567', '/webhooks/made-up?provider=evil']) {
    const body = JSON.stringify({ CallSid: CALL, CallStatus: 'evil', event: 'call.evil' });
    await post(new Request(origin + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body }));
  }
  await vi.waitFor(async () =>
    expect(valuesOf(await scrape(), 'call_status_dead_letters_total').length).toBeGreaterThan(0),
  );
  const samples = await scrape();
  const values = new Set(
    samples.flatMap(({ labels }) => Object.entries(labels).map(([name, value]) => `${name}=${value}`)),
  );
  const strange = [...values].filter(
    (value) => !/^(le|quantile)=|^http_response_status_code=[1-5]\d\d$|^handler=on\w+$|^\w+=[a-z_-]+$/.test(value),
  );
  expect(strange).toEqual([]);
  expect(values.size).toBeGreaterThan(40);
  expect(values.size).toBeLessThan(150);
});
