import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, it, onTestFinished } from 'vitest';
import { callbackOf, published } from '../../test/published.ts';
import { createCallStatus } from '../create-call-status.ts';
import { CallStatusError } from '../errors.ts';
import type { CallStatusOptions } from '../options/call-status-options.ts';
import { exotel } from '../providers/exotel.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { signalwire } from '../providers/signalwire.ts';
import type { ReceivedMessage } from '../telemetry/messages.ts';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function receiver(options: CallStatusOptions = {}) {
  const providers = [mycpaas({ allowUnauthenticated: true })];
  const calls = createCallStatus({ providers, log: { warn() {}, error() {} }, worker: false, ...options });
  onTestFinished(() => calls.close());
  return calls;
}

const UUID = '7dcfd3e5-0b2f-4f1f-9a5e-000000000000';
const TIMES = { startedAtMs: expect.any(Number), durationMs: expect.any(Number) };
const COMPLETED = 'CallSid=CA1&CallStatus=completed&CallDuration=42&Direction=inbound';

it('says what became of each request: accepted, known, rejected, passed on', async () => {
  const messages = published<ReceivedMessage>('call-status:received');
  const calls = receiver();
  const before = Date.now();
  await calls.receive(callbackOf(COMPLETED));
  await calls.receive(callbackOf(COMPLETED));
  await calls.receive(callbackOf('CallSid=CA1', { headers: { 'content-type': 'text/plain' } }));
  await calls.receive(callbackOf('a=1', { callbackOnly: false }));
  calls.accepts({ method: 'DELETE', url: '/hooks', headers: {} });
  const event = {
    provider: 'mycpaas',
    httpStatus: 200,
    trust: 'none',
    status: 'completed',
    eventId: expect.stringContaining('mycpaas:CA1'),
    callId: 'CA1',
    bytes: COMPLETED.length,
    recordMs: expect.any(Number),
    ...TIMES,
  };
  expect(messages).toEqual([
    { ...event, outcome: 'advance', endsCall: true, direction: 'inbound', durationSeconds: 42 },
    { ...event, outcome: 'duplicate', endsCall: false, direction: 'inbound' },
    {
      provider: 'mycpaas',
      outcome: 'unsupported_media_type',
      httpStatus: 415,
      bytes: 11,
      endsCall: false,
      ...TIMES,
    },
    { outcome: 'passed_on', reason: expect.stringMatching(/./), bytes: 3, endsCall: false, ...TIMES },
    { outcome: 'passed_on', reason: expect.stringMatching(/./), bytes: 0, endsCall: false, ...TIMES },
  ]);
  for (const { startedAtMs, durationMs } of messages) {
    expect(durationMs).toBeGreaterThanOrEqual(0);
    expect(startedAtMs + durationMs).toBeGreaterThanOrEqual(before);
  }
});

it('names the provider of what it passes on or rejects only if it is known', async () => {
  const messages = published<ReceivedMessage>('call-status:received');
  const calls = receiver({
    providers: [signalwire({ allowUnauthenticated: true }), exotel({ allowUnauthenticated: true })],
  });
  await calls.receive(callbackOf('nothing=known'));
  await calls.receive(callbackOf('', { headers: { 'content-type': 'text/plain' } }));
  calls.reject(new CallStatusError('body_aborted'));
  const recording = `CallSid=${UUID}&AccountSid=${UUID}&RecordingStatus=completed&RecordingSid=${UUID}`;
  await calls.provider('signalwire').receive(callbackOf(recording));
  expect(messages.map(({ outcome, provider, httpStatus, bytes }) => [outcome, provider, httpStatus, bytes])).toEqual([
    ['passed_on', undefined, undefined, 13],
    ['unsupported_media_type', undefined, 415, 0],
    ['body_aborted', undefined, 400, 0],
    ['passed_on', 'signalwire', undefined, recording.length],
  ]);
});

it('has the score and the time of the end of a call, and none of a call without a score', async () => {
  const messages = published<ReceivedMessage>('call-status:received');
  const calls = receiver({ providers: [signalwire({ allowUnauthenticated: true })] });
  for (const [call, score] of ['4.2', '0'].entries()) {
    const fields = {
      CallSid: `7dcfd3e5-0b2f-4f1f-9a5e-00000000000${call}`,
      AccountSid: 'e3e5d6c1-7f0a-4b5e-8c3d-2a1b0c9d8e7f',
      CallStatus: 'completed',
      AudioInMos: score,
      Timestamp: 'Mon, 02 Mar 2026 10:00:00 +0000',
    };
    await calls.receive(callbackOf(new URLSearchParams(fields).toString()));
  }
  expect(messages.map(({ mos, occurredAt }) => ({ mos, occurredAt }))).toEqual([
    { mos: 4.2, occurredAt: '2026-03-02T10:00:00.000Z' },
    { mos: undefined, occurredAt: '2026-03-02T10:00:00.000Z' },
  ]);
});

it('has the trace of an accepted callback, also of one that could not be recorded', async () => {
  const messages = published<ReceivedMessage>('call-status:received');
  const calls = receiver({ traceContext: () => TRACE });
  await calls.receive(callbackOf(COMPLETED));
  await calls.receive(callbackOf('CallSid=CA1'));
  await calls.inbox.close();
  await calls.receive(callbackOf('CallSid=CA2&CallStatus=busy'));
  expect(messages.map(({ outcome, trace }) => [outcome, trace])).toEqual([
    ['advance', TRACE],
    ['invalid_callback', undefined],
    ['closed', TRACE],
  ]);
});

it('is published in the async context of its request', async () => {
  const storage = new AsyncLocalStorage<number>();
  const seen = new Map<string | undefined, number | undefined>();
  published<ReceivedMessage>('call-status:received', ({ callId }) => seen.set(callId, storage.getStore()));
  const calls = receiver();
  const send = (call: number) => calls.receive(callbackOf(`CallSid=CA${call}&CallStatus=busy`));
  await Promise.all([1, 2, 3].map((call) => storage.run(call, send, call)));
  expect(Object.fromEntries(seen)).toEqual({ CA1: 1, CA2: 2, CA3: 3 });
});

it('says nothing about a request that came before something listened', async () => {
  const calls = receiver();
  const receiving = calls.receive(callbackOf(COMPLETED));
  const messages = published<ReceivedMessage>('call-status:received');
  await receiving;
  expect(messages).toEqual([]);
});

it('changes no answer when a subscriber throws: node reports its error as an uncaught exception', async () => {
  const uncaught: unknown[] = [];
  process.setUncaughtExceptionCaptureCallback((error) => void uncaught.push(error));
  const failure = new Error('the subscriber');
  const fail = (): void => {
    throw failure;
  };
  subscribe('call-status:received', fail);
  onTestFinished(() => {
    unsubscribe('call-status:received', fail);
    process.setUncaughtExceptionCaptureCallback(null);
  });
  const calls = receiver();
  expect(await calls.receive(callbackOf(COMPLETED))).toMatchObject({ status: 200 });
  expect(await calls.receive(callbackOf('CallSid=CA1'))).toMatchObject({ status: 422 });
  await new Promise(setImmediate);
  expect(uncaught).toEqual([failure, failure]);
});
