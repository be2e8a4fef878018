// A service to which everything happens that has a metric.
import { channel } from 'node:diagnostics_channel';
import { callStatusMiddleware, createCallStatus, memoryInbox, mycpaas, signalwire } from '@call-status/express';
import { callback } from '@call-status/testing';
import express from 'express';
import { onTestFinished, vi } from 'vitest';
import { instrument, prometheus, type Sample, serve, silent } from './support.ts';

const KEY = 'a-long-secret-of-the-test';

/** Receives callbacks until every metric has a value, and goes on receiving with `again()`. */
export async function fullService(): Promise<{
  url: string;
  scrape: () => Promise<Sample[]>;
  again: () => Promise<void>;
}> {
  const { meterProvider, url: metricsUrl, scrape } = await prometheus();
  const { traceContext } = instrument({ meterProvider });
  const inbox = memoryInbox();
  const calls = createCallStatus({
    inbox,
    providers: [signalwire({ signingKey: KEY }), mycpaas({ allowUnauthenticated: true })],
    traceContext,
    log: silent,
    retry: { attempts: 2, backoff: () => 0 },
    onCompleted() {},
    onFailed() {
      throw new Error('no');
    },
  });
  const closed = createCallStatus({ providers: [mycpaas({ allowUnauthenticated: true })], log: silent, worker: false });
  await closed.close();
  onTestFinished(() => calls.close());
  const app = express();
  app.use('/closed', callStatusMiddleware(closed));
  app.use(callStatusMiddleware(calls));
  const origin = await serve(app);
  const url = `${origin}/webhooks/voice`;
  let count = 0;
  const again = async (): Promise<void> => {
    count += 1;
    const callId = `11111111-2222-4333-8444-${`${count}`.padStart(12, '0')}`;
    const signed = { url, callId, secret: KEY };
    await fetch(callback.fetch(signalwire, 'ringing', { ...signed, callId: callId.replace('1', '2') }));
    await fetch(callback.fetch(signalwire, 'completed', signed));
    // More than half of them are forged.
    for (const secret of ['guessed', 'guessed too', 'guessed again'])
      await fetch(callback.fetch(signalwire, 'completed', { ...signed, secret }));
    await fetch(callback.fetch(mycpaas, 'failed', { url, callId: `CA${count}` }));
    await fetch(callback.fetch(mycpaas, 'completed', { url: `${origin}/closed`, callId: `CB${count}` }));
    await fetch(`${origin}/orders`, { method: 'POST' });
    const asked = { provider: 'signalwire', result: 'unchanged', durationMs: 80, endsCall: false };
    channel('call-status:reconciled').publish(asked);
    const health = await inbox.health();
    // What the receiver publishes every 15 seconds.
    channel('call-status:inbox').publish({ ...health, owner: 'a', worker: { oldestRunningMs: 0 } });
  };
  await vi.waitFor(async () => {
    await again();
    const names = new Set((await scrape()).map(({ name }) => name));
    if (!names.has('call_status_dead_letters_total') || !names.has('call_status_calls_live'))
      throw new Error('not yet');
  });
  return { url: metricsUrl, scrape, again };
}
