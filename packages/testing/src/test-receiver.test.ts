import { exotel, memoryInbox, mycpaas, signalwire } from '@call-status/core';
import { expect, it, vi } from 'vitest';
import { callback } from './callback/callback.ts';
import { forged } from './callback/negative.ts';
import { manualClock } from './manual-clock.ts';
import { testReceiver } from './test-receiver.ts';

const HOUR_MS = 3_600_000;

it('shows which handlers got which events, and which errors there were', async () => {
  const onCompleted = vi.fn();
  await using receiver = testReceiver({
    providers: [signalwire({ signingKey: 's', onCompleted }), exotel({ token: 't' })],
  });
  const { calls, clock, events, errors, idle } = receiver;
  const signed = { secret: 's', nowMs: clock.now() };
  for (const status of ['ringing', 'completed', 'completed'] as const) {
    const made = callback(signalwire, status, { ...signed, callId: '7c9e6679-7425-40de-944b-e07fc1f90ae7' });
    expect((await calls.receive(made))?.status).toBe(200);
  }
  await calls.receive(forged(callback(exotel, 'completed', { token: 't' })));
  await idle();
  expect(onCompleted).toHaveBeenCalledOnce();
  expect(events('onStatus').map(({ status }) => status)).toEqual(['ringing', 'completed']);
  expect(events('onEnded')).toEqual(events('onCompleted'));
  expect(events('onEnded')).toHaveLength(1);
  expect(events('onBusy')).toEqual([]);
  expect(errors().map(({ code }) => code)).toEqual(['token_mismatch']);
});

it('retries when its clock says so, however long that is', async () => {
  const attempts: number[] = [];
  const { calls, clock, events, errors, idle, close } = testReceiver({
    providers: [mycpaas({ token: 't' })],
    retry: { backoff: () => 24 * HOUR_MS },
    onCompleted(_, { attempt }) {
      attempts.push(attempt);
      if (attempt < 3) throw new Error('not yet');
    },
  });
  await calls.receive(callback(mycpaas, 'completed', { token: 't' }));
  for (const attempt of [1, 2, 3]) {
    await idle();
    expect(attempts).toHaveLength(attempt);
    clock.advance(24 * HOUR_MS);
  }
  expect(errors().map(({ code }) => code)).toEqual(['handler_failed', 'handler_failed']);
  expect(events('onCompleted')).toHaveLength(1);
  await close();
});

it('ends a handler that takes too long when its clock says so, and loses no lease', async () => {
  let started = 0;
  const { calls, clock, errors, idle, close } = testReceiver({
    providers: [mycpaas({ token: 't' })],
    handlerTimeoutMs: HOUR_MS,
    onCompleted: (_, { attempt }) => {
      started++;
      return attempt === 1 ? new Promise(() => {}) : undefined;
    },
  });
  await calls.receive(callback(mycpaas, 'completed', { token: 't' }));
  await vi.waitFor(() => expect(started).toBe(1));
  for (let minute = 1; minute < 60; minute++) {
    clock.advance(60_000);
    await new Promise(setImmediate);
  }
  expect(errors()).toEqual([]);
  clock.advance(60_000);
  await vi.waitFor(() => expect(errors().map(({ code }) => code)).toEqual(['handler_timeout']));
  clock.advance(HOUR_MS);
  await idle();
  expect(started).toBe(2);
  expect(await calls.inbox.counts()).toMatchObject({ dead: 0, waiting: 0, running: 0 });
  await close();
});

it('says why it is not idle', async () => {
  const { calls, idle, close } = testReceiver({
    providers: [mycpaas({ token: 't' })],
    onCompleted: (_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', resolve)),
  });
  await calls.receive(callback(mycpaas, 'completed', { token: 't' }));
  await expect(idle({ timeoutMs: 30 })).rejects.toThrow(
    'Not idle after 30 ms: handlers of 1 events run, and 0 events are due.',
  );
  await close();
});

it('takes a clock, an inbox and a log', async () => {
  const clock = manualClock(0);
  const inbox = memoryInbox({ clock: clock.now });
  const log = { warn: vi.fn(), error: vi.fn() };
  const { calls, clock: same, idle, close } = testReceiver({ providers: [mycpaas({ token: 't' })], clock, inbox, log });
  expect([same, calls.inbox]).toEqual([clock, inbox]);
  const receipt = await calls.receive(callback(mycpaas, 'completed'));
  expect(receipt?.status).toBe(403);
  await idle();
  expect(log.warn).toHaveBeenCalledOnce();
  const { event } = (await calls.receive(callback(mycpaas, 'completed', { token: 't' }))) ?? {};
  expect(event?.receivedAt).toBe('1970-01-01T00:00:00.000Z');
  await close();
});

it('is made without options where the environment allows it', async () => {
  await using receiver = testReceiver();
  expect(receiver.events('onStatus')).toEqual([]);
});

it('works while the timers of a test are faked', async () => {
  vi.useFakeTimers();
  try {
    const { calls, clock, events, idle, close } = testReceiver({
      providers: [mycpaas({ token: 't' })],
      retry: { backoff: () => 1000 },
      onCompleted: (_, { attempt }) => {
        if (attempt === 1) throw new Error('not yet');
      },
    });
    await calls.receive(callback(mycpaas, 'completed', { token: 't' }));
    await idle();
    clock.advance(1000);
    await idle();
    expect(events('onCompleted')).toHaveLength(1);
    await close();
  } finally {
    vi.useRealTimers();
  }
});

it('names the handlers when there is none of a name', async () => {
  await using receiver = testReceiver({ providers: [mycpaas({ token: 's' })] });
  expect(() => receiver.events('onCompletd' as never)).toThrow(
    'There is no handler "onCompletd". There are onQueued, onInitiated, ',
  );
});
