import { afterEach, expect, it, vi } from 'vitest';
import { createCallStatus } from './create-call-status.ts';
import { mycpaas } from './providers/mycpaas.ts';
import type { TimeSource } from './timer.ts';

const silent = { info() {}, warn() {}, error() {} };

afterEach(() => void vi.useRealTimers());

it.each(['recorded', 'handled'] as const)(
  'runs handlers while the timers of a test are faked, with ack: %o',
  async (ack) => {
    vi.useFakeTimers();
    const handled: string[] = [];
    let whenHandled = (): void => {};
    const done = new Promise<void>((resolve) => {
      whenHandled = resolve;
    });
    const calls = createCallStatus({
      providers: [mycpaas()],
      ack,
      log: silent,
      retry: { backoff: () => 0 },
      async onCompleted({ callId }, { attempt }) {
        if (attempt === 1 && ack === 'recorded') throw new Error('the first attempt');
        handled.push(callId);
        whenHandled();
      },
    });
    const receipt = await calls.receive({
      method: 'POST',
      url: '/',
      origin: 'http://hooks.example.com',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from('CallSid=CA1&CallStatus=completed'),
    });
    expect(receipt?.status).toBe(200);
    await done;
    expect(handled).toEqual(['CA1']);
    await calls.close();
  },
);

it('retries, and ends what takes too long, by a clock that moves timers', async () => {
  let now = 0;
  const waiting = new Set<() => void>();
  const wait = (callback: () => void): (() => void) => {
    waiting.add(callback);
    return () => waiting.delete(callback);
  };
  const clock: TimeSource = {
    now: () => now,
    timers: { now: () => now, after: (_, call) => wait(call), every: (_, call) => wait(call) },
  };
  const pass = (ms: number): void => {
    now += ms;
    for (const call of Array.from(waiting)) call();
  };
  const attempts: number[] = [];
  const codes: string[] = [];
  const calls = createCallStatus({
    providers: [mycpaas()],
    clock,
    log: silent,
    handlerTimeoutMs: 3_600_000,
    retry: { backoff: () => 86_400_000 },
    onError: ({ code }) => codes.push(code),
    onCompleted: (_, { attempt }) => (attempts.push(attempt) === 1 ? new Promise(() => {}) : undefined),
  });
  const request = new Request('https://hooks.example.com/', {
    method: 'POST',
    body: new URLSearchParams({ CallSid: 'CA1', CallStatus: 'completed' }),
  });
  expect((await calls.fetch(request))?.status).toBe(200);
  await vi.waitFor(() => expect(attempts).toEqual([1]));
  pass(3_600_000);
  await vi.waitFor(async () => expect(await calls.inbox.health()).toMatchObject({ running: 0, retrying: 1 }));
  expect(codes).toEqual(['handler_timeout']);
  pass(86_400_000);
  await vi.waitFor(() => expect(attempts).toEqual([1, 2]));
  await calls.close();
});
