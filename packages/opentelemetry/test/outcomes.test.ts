import { channel } from 'node:diagnostics_channel';
import {
  type CallStatusOptions,
  createCallStatus,
  exotel,
  type Handlers,
  memoryInbox,
  mycpaas,
  type ReconciledMessage,
} from '@call-status/core';
import { callback } from '@call-status/testing';
import { SpanStatusCode } from '@opentelemetry/api';
import { expect, it, onTestFinished, vi } from 'vitest';
import { idOf, instrument, parentOf, prometheus, silent, tracing } from './support.ts';

/** A receiver with these handlers, whose spans and metrics are there to see. */
async function receiver(handlers: Handlers, options: Pick<CallStatusOptions, 'inbox' | 'handlerTimeoutMs'> = {}) {
  const { meterProvider, scrape } = await prometheus();
  const { tracerProvider, spans } = tracing();
  instrument({ meterProvider, tracerProvider });
  const calls = createCallStatus({
    providers: [mycpaas({ allowUnauthenticated: true })],
    log: silent,
    retry: { attempts: 1 },
    ...options,
    ...handlers,
  });
  onTestFinished(() => calls.close({ deadlineMs: 1 }));
  const attempts = () => spans().filter(({ name }) => name.startsWith('process'));
  const values = async (metric: string): Promise<string[]> => {
    const found = (await scrape()).filter(({ name }) => name === metric);
    return found.map(({ labels, value }) => [...Object.values(labels), value].join(' ')).sort();
  };
  return { calls, spans, attempts, values };
}

it('of several handlers, each has a span under that of their attempt', async () => {
  const { calls, spans, attempts } = await receiver({ onCompleted() {}, onEnded: async () => undefined });
  await calls.receive(callback(mycpaas, 'completed'));
  await vi.waitFor(() => expect(attempts()).toHaveLength(1));
  const [attempt] = attempts();
  const handlers = spans().filter((span) => parentOf(span) === idOf(attempt));
  expect(handlers.map(({ name }) => name)).toEqual(['onCompleted', 'onEnded']);
  // Without traceContext there is nothing to link to.
  expect(attempt?.links).toEqual([]);
});

it.each([
  ['a text', 'string'],
  [Object.create(null), 'object'],
  [new (class extends Error {})('anonymous'), 'Error'],
  [new (class NotFoundError extends Error {})(), 'NotFoundError'],
])('what is thrown has a kind: %j', async (thrown, type) => {
  const { calls, attempts, values } = await receiver({
    onEnded() {
      throw thrown;
    },
  });
  await calls.receive(callback(mycpaas, 'completed'));
  await vi.waitFor(() => expect(attempts()).toHaveLength(1));
  expect(attempts()[0]).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'error.type': type, 'call_status.outcome': 'dead' },
  });
  expect(await values('call_status_dead_letters_total')).toEqual(['mycpaas onEnded 1']);
});

it('a handler that takes too long has an outcome of its own', async () => {
  const { calls, attempts, values } = await receiver(
    { onCompleted: () => new Promise<void>(() => {}) },
    { handlerTimeoutMs: 50 },
  );
  await calls.receive(callback(mycpaas, 'completed'));
  await vi.waitFor(() => expect(attempts()).toHaveLength(1));
  expect(attempts()[0]?.attributes['error.type']).toBe('handler_timeout');
  expect(await values('call_status_handler_duration_count')).toEqual(['mycpaas onCompleted timeout 1']);
});

it('a handler that a shutdown interrupts has not failed', async () => {
  const { calls, attempts, values } = await receiver({
    onBusy: (_event, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', reject)),
  });
  await calls.receive(callback(mycpaas, 'busy'));
  await vi.waitFor(async () => expect((await calls.health()).worker?.running).toBe(1));
  await calls.close({ deadlineMs: 1 });
  await vi.waitFor(() => expect(attempts()).toHaveLength(1));
  expect(attempts()[0]?.attributes['call_status.outcome']).toBe('interrupted');
  expect(await values('call_status_handler_duration_count')).toEqual(['mycpaas onBusy interrupted 1']);
  expect(await values('call_status_handler_retries_total')).toEqual([]);
});

it('an event without a handler has no span', async () => {
  const { calls, spans, attempts } = await receiver({ onEnded() {} });
  await calls.receive(callback(mycpaas, 'ringing', { callId: 'CA1' }));
  await calls.receive(callback(mycpaas, 'completed', { callId: 'CA2' }));
  await vi.waitFor(() => expect(attempts()).toHaveLength(1));
  expect(attempts()[0]?.name).toBe('process mycpaas completed');
  expect(spans().map(({ name }) => name)).not.toContain('process mycpaas ringing');
});

it('an event of a provider that is not configured is of the provider "unknown"', async () => {
  const inbox = memoryInbox();
  const before = createCallStatus({ inbox, providers: [exotel({ token: 't' })], worker: false, log: silent });
  await before.receive(callback(exotel, 'completed', { token: 't' }));
  const { attempts, values } = await receiver({ onEnded() {} }, { inbox });
  await vi.waitFor(() => expect(attempts()).toHaveLength(1));
  expect(attempts()[0]?.name).toBe('process unknown completed');
  expect(await values('call_status_dead_letters_total')).toEqual(['unknown 1']);
});

it('a handler that was running before is not measured', async () => {
  let finish = (): void => {};
  const calls = createCallStatus({
    providers: [mycpaas({ allowUnauthenticated: true })],
    log: silent,
    onEnded: () => new Promise<void>((resolve) => (finish = resolve)),
  });
  const first = instrument();
  await calls.receive(callback(mycpaas, 'completed'));
  await vi.waitFor(async () => expect((await calls.health()).worker?.running).toBe(1));
  const { meterProvider, scrape } = await prometheus();
  instrument({ meterProvider });
  finish();
  await calls.close();
  first.stop();
  expect((await scrape()).map(({ name }) => name)).not.toContain('call_status_handler_duration_count');
});

it('a call that a provider says has ended counts as ended', async () => {
  const { values } = await receiver({});
  const of = { provider: 'exotel', durationMs: 80 };
  const messages: ReconciledMessage[] = [
    { ...of, result: 'failed', httpStatus: 503, endsCall: false },
    { ...of, result: 'ended', endsCall: true, status: 'busy', direction: 'outbound' },
  ];
  for (const message of messages) channel('call-status:reconciled').publish(message);
  expect(await values('call_status_reconciled_total')).toEqual(['exotel ended 1', 'exotel failed 1']);
  expect(await values('call_status_calls_ended_total')).toEqual(['exotel busy outbound 1']);
});
