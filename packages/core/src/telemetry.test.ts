import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCallStatus } from './create-call-status.ts';
import { mycpaas } from './providers/mycpaas.ts';
import type { TelemetryEvent } from './telemetry.ts';

const silent = { warn() {}, error() {} };

let published: TelemetryEvent[];
const listen = (message: unknown): void => void published.push(message as TelemetryEvent);

beforeEach(() => {
  published = [];
  subscribe('call-status', listen);
});
afterEach(() => void unsubscribe('call-status', listen));

function callback(body: string, more = {}) {
  return {
    method: 'POST',
    url: '/hooks',
    origin: 'http://hooks.example.com',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(body),
    ...more,
  };
}

const COMPLETED = 'CallSid=CA1&CallStatus=completed';
const ABOUT = { provider: 'mycpaas', eventId: expect.stringContaining('mycpaas:CA1'), status: 'completed' };
const DURATION = { durationMs: expect.any(Number) };

describe('the telemetry channel', () => {
  it('hears of callbacks: accepted, known, refused, passed on', async () => {
    const calls = createCallStatus({
      providers: [mycpaas({ allowUnauthenticated: true })],
      log: silent,
      worker: false,
    });
    await calls.receive(callback(COMPLETED));
    await calls.receive(callback(COMPLETED));
    await calls.receive(callback('CallSid=CA1', { headers: { 'content-type': 'text/plain' } }));
    await calls.receive(callback('a=1', { callbackOnly: false }));
    expect(published).toEqual([
      { type: 'callback.accepted', ...ABOUT, transition: 'advance', ...DURATION },
      { type: 'callback.duplicate', ...ABOUT, transition: 'duplicate', ...DURATION },
      { type: 'callback.refused', provider: 'mycpaas', code: 'unsupported_media_type' },
      { type: 'callback.passed_on', provider: undefined, reason: expect.stringMatching(/./) },
    ]);
    await calls.close();
  });

  it('hears of attempts, retries and dead letters', async () => {
    const failure = new Error('no');
    const calls = createCallStatus({
      providers: [mycpaas({ allowUnauthenticated: true })],
      log: silent,
      retry: { attempts: 2, backoff: () => 0 },
      onCompleted({ callId }, { attempt }) {
        if (callId === 'CA1' || attempt === 1) throw failure;
      },
    });
    await calls.receive(callback(COMPLETED));
    await calls.close();
    expect(published.slice(1)).toEqual([
      { type: 'attempt.started', ...ABOUT, attempt: 1 },
      { type: 'attempt.failed', ...ABOUT, attempt: 1, error: failure, ...DURATION },
      { type: 'event.retried', ...ABOUT, attempt: 1, retryInMs: 0 },
      { type: 'attempt.started', ...ABOUT, attempt: 2 },
      { type: 'attempt.failed', ...ABOUT, attempt: 2, error: failure, ...DURATION },
      { type: 'event.dead', ...ABOUT, attempt: 2 },
    ]);
  });

  it('hears of success, of interruption, and of what has no handler', async () => {
    const debug = vi.fn();
    const calls = createCallStatus({
      providers: [mycpaas({ allowUnauthenticated: true })],
      log: { ...silent, debug },
      async onCompleted({ callId }, { signal }) {
        if (callId !== 'CA1') await new Promise((_, stop) => signal.addEventListener('abort', stop));
      },
    });
    await calls.receive(callback(COMPLETED));
    for (const call of [3, 4]) await calls.receive(callback(`CallSid=CA${call}&CallStatus=busy`));
    await calls.receive(callback('CallSid=CA2&CallStatus=completed'));
    await calls.close({ deadlineMs: 100 });
    const types = published.map(({ type }) => type).filter((type) => !type.startsWith('callback'));
    expect(types.sort()).toEqual([
      'attempt.interrupted',
      'attempt.started',
      'attempt.started',
      'attempt.succeeded',
      'event.unhandled',
      'event.unhandled',
    ]);
    expect(debug.mock.calls).toEqual([
      [{ provider: 'mycpaas', status: 'busy' }, expect.stringContaining('No handler')],
    ]);
  });

  it('binds its stores around handlers, so that a trace can be continued in them', async () => {
    const storage = new AsyncLocalStorage<TelemetryEvent>();
    const telemetry = channel('call-status');
    telemetry.bindStore(storage);
    const stores: unknown[] = [];
    const calls = createCallStatus({
      providers: [mycpaas({ allowUnauthenticated: true })],
      log: silent,
      async onCompleted() {
        await new Promise(setImmediate);
        stores.push(storage.getStore());
      },
    });
    await calls.receive(callback(COMPLETED));
    await calls.close();
    telemetry.unbindStore(storage);
    expect(stores).toEqual([{ type: 'attempt.started', ...ABOUT, attempt: 1 }]);
  });
});
