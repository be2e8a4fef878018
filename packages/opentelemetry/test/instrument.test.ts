import { AsyncLocalStorage } from 'node:async_hooks';
import { createCallStatus, mycpaas } from '@call-status/core';
import { instrumentCallStatus } from '@call-status/opentelemetry';
import { callback } from '@call-status/testing';
import { context, DiagLogLevel, diag, metrics, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ActiveContext } from '../src/active-context.ts';
import { idOf, instrument, parentOf, prometheus, silent, tracing } from './support.ts';

const isDone = (handled: readonly unknown[], count: number): Promise<void> =>
  vi.waitFor(() => expect(handled).toHaveLength(count));

/** A receiver, what its handlers have seen as the active span, and how to send it a callback. */
function receiver(traceContext?: () => string | undefined) {
  const active: (string | undefined)[] = [];
  const calls = createCallStatus({
    providers: [mycpaas({ allowUnauthenticated: true })],
    log: silent,
    ...(traceContext && { traceContext }),
    onEnded: () => void active.push(idOf(trace.getActiveSpan() as never)),
  });
  onTestFinished(() => calls.close());
  const receive = async (callId: string): Promise<number | undefined> =>
    (await calls.receive(callback(mycpaas, 'completed', { callId })))?.status;
  return { calls, active, receive };
}

it('does nothing without an SDK', async () => {
  const { traceContext, stop } = instrument();
  expect(traceContext()).toBeUndefined();
  const { active, receive } = receiver(traceContext);
  expect(await receive('CA1')).toBe(200);
  await isDone(active, 1);
  expect(active).toEqual([undefined]);
  stop();
});

it('uses the global providers, also those that are set later', async () => {
  const { traceContext } = instrument();
  const { meterProvider, scrape } = await prometheus();
  const { tracerProvider, spans } = tracing();
  metrics.setGlobalMeterProvider(meterProvider);
  trace.setGlobalTracerProvider(tracerProvider);
  onTestFinished(() => {
    metrics.disable();
    trace.disable();
  });
  const { active, receive } = receiver(traceContext);
  await receive('CA1');
  await vi.waitFor(() => expect(spans().map(({ name }) => name)).toHaveLength(3));
  expect(active).toEqual([idOf(spans().find(({ name }) => name === 'onEnded'))]);
  expect((await scrape()).map(({ name }) => name)).toContain('call_status_callbacks_total');
});

it('measures each instance apart, until it is stopped', async () => {
  const [one, two] = [await prometheus(), await prometheus()];
  const traces = tracing();
  const first = instrument({ ...one, ...traces });
  const { tracerProvider, spans } = tracing();
  instrument({ ...two, tracerProvider });
  const { active, receive } = receiver(first.traceContext);
  const counted = async ({ scrape }: typeof one): Promise<number | undefined> =>
    (await scrape()).find(({ name }) => name === 'call_status_callbacks_total')?.value;

  await receive('CA1');
  await vi.waitFor(() => expect([traces.spans().length, spans().length]).toEqual([3, 3]));
  const [received] = traces.spans();
  for (const each of [traces.spans(), spans()]) {
    const attempt = each.find(({ name }) => name.startsWith('process'));
    expect(attempt?.links.map((link) => link.context.spanId)).toEqual([idOf(received)]);
    expect(parentOf(each.find(({ name }) => name === 'onEnded'))).toBe(idOf(attempt));
  }
  first.stop();
  expect(first.traceContext()).toBeUndefined();
  await receive('CA2');
  await vi.waitFor(() => expect(spans()).toHaveLength(6));
  expect(traces.spans()).toHaveLength(3);
  expect([await counted(one), await counted(two)]).toEqual([1, 2]);
  expect(active.every((id) => id !== undefined)).toBe(true);
});

it('ends open spans when it is stopped', async () => {
  const { tracerProvider, spans } = tracing();
  const { traceContext, stop } = instrumentCallStatus({ tracerProvider });
  let isRunning = false;
  const calls = createCallStatus({
    providers: [mycpaas({ allowUnauthenticated: true })],
    log: silent,
    onEnded: (_event, { signal }) => {
      isRunning = true;
      return new Promise((_resolve, reject) => signal.addEventListener('abort', reject));
    },
  });
  await calls.receive(callback(mycpaas, 'completed'));
  await vi.waitFor(() => expect(isRunning).toBe(true));
  expect(traceContext()).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
  stop();
  expect(spans().map(({ name }) => name)).toEqual(['receive mycpaas', 'receive', 'process mycpaas completed']);
  await calls.close({ deadlineMs: 10 });
});

it('says to the logger of OpenTelemetry what fails, and changes no answer and no handler', async () => {
  const error = vi.fn();
  diag.setLogger({ ...silent, verbose() {}, error }, DiagLogLevel.ERROR);
  onTestFinished(() => diag.disable());
  const broken = (): never => {
    throw new Error('broken');
  };
  const { traceContext } = instrument({
    meterProvider: { getMeter: broken },
    tracerProvider: { getTracer: () => ({ startSpan: broken, startActiveSpan: broken }) },
  });
  const { active, receive } = receiver(traceContext);
  expect(await receive('CA1')).toBe(200);
  await isDone(active, 1);
  expect(error).toHaveBeenCalledWith('call-status: telemetry failed', new Error('broken'));
});

it('sets the active context in newer versions of Node too, which enter a store and leave it', () => {
  tracing();
  const active = new ActiveContext();
  const entered = ROOT_CONTEXT.setValue(Symbol('entered'), true);
  const isNew = 'withScope' in AsyncLocalStorage.prototype;
  if (!isNew) {
    expect(() => active.withScope(entered)[Symbol.dispose]()).not.toThrow();
    // As Node 25.9 has it.
    Object.assign(AsyncLocalStorage.prototype, {
      withScope(this: AsyncLocalStorage<unknown>, store: unknown) {
        const before = this.getStore();
        this.enterWith(store);
        return { [Symbol.dispose]: () => this.enterWith(before) };
      },
    });
    onTestFinished(() => void Reflect.deleteProperty(AsyncLocalStorage.prototype, 'withScope'));
  }
  const scope = active.withScope(entered);
  expect(context.active()).toBe(entered);
  scope[Symbol.dispose]();
  expect(context.active()).toBe(ROOT_CONTEXT);
});
