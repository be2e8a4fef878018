import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { callbackOf, published } from '../../test/published.ts';
import { createCallStatus } from '../create-call-status.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import type { CallStatusOptions } from '../options/call-status-options.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { signalwire } from '../providers/signalwire.ts';
import type { HandledMessage } from '../telemetry/messages.ts';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const COMPLETED = 'CallSid=CA1&CallStatus=completed';

function receiver(options: CallStatusOptions) {
  const providers = [mycpaas({ allowUnauthenticated: true })];
  const calls = createCallStatus({ providers, log: { warn() {}, error() {} }, ...options });
  onTestFinished(() => calls.close({ deadlineMs: 0 }));
  return calls;
}

const about = (attempt: number) => ({
  provider: 'mycpaas',
  eventId: expect.stringContaining('mycpaas:CA1'),
  callId: 'CA1',
  status: 'completed',
  transition: 'advance',
  attempt,
  attemptId: expect.any(Number),
  waitedMs: expect.any(Number),
  startedAtMs: expect.any(Number),
  durationMs: expect.any(Number),
});

describe('the channel call-status:handled', () => {
  it('says that all handlers finished, once the inbox knows it, with the trace of the request', async () => {
    const inbox = memoryInbox();
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const messages = published<HandledMessage>('call-status:handled', ({ eventId, callId }) => {
      seen.push(storage.getStore());
      void inbox.handled([{ provider: 'mycpaas', callId, id: eventId }]).then(([id]) => seen.push(id));
    });
    const calls = storage.run('the receiver', () => receiver({ inbox, traceContext: () => TRACE, onEnded() {} }));
    await storage.run('the request', () => calls.receive(callbackOf(COMPLETED)));
    await calls.close();
    expect(messages).toEqual([{ ...about(1), outcome: 'done', trace: TRACE }]);
    expect(seen).toEqual(['the receiver', messages[0]?.eventId]);
  });

  it('says which handler failed, with what, and when its event is retried; then that it is dead', async () => {
    const messages = published<HandledMessage>('call-status:handled');
    const failure = new Error('no');
    const calls = receiver({
      retry: { attempts: 2, backoff: () => 7 },
      onCompleted() {
        throw failure;
      },
      onEnded() {},
    });
    await calls.receive(callbackOf(COMPLETED));
    await vi.waitFor(() => expect(messages).toHaveLength(2));
    const failed = { handler: 'onCompleted', error: failure };
    expect(messages).toEqual([
      { ...about(1), outcome: 'failed', ...failed, retryInMs: 7 },
      { ...about(2), outcome: 'dead', ...failed },
    ]);
    const [first, second] = messages as [HandledMessage, HandledMessage];
    expect(second.attemptId).toBeGreaterThan(first.attemptId);
    expect(second.waitedMs).toBeGreaterThanOrEqual(first.waitedMs);
  });

  it('tells a timeout from other failures', async () => {
    const messages = published<HandledMessage>('call-status:handled');
    const calls = receiver({ handlerTimeoutMs: 5, onEnded: () => new Promise(() => {}) });
    await calls.receive(callbackOf(COMPLETED));
    await vi.waitFor(() => expect(messages).toHaveLength(1));
    const error = expect.objectContaining({ code: 'handler_timeout' });
    const retryInMs = expect.any(Number);
    expect(messages).toEqual([{ ...about(1), outcome: 'timeout', handler: 'onEnded', error, retryInMs }]);
    expect(messages[0]?.durationMs).toBeGreaterThanOrEqual(4);
  });

  it('says that an event has no handler', async () => {
    const messages = published<HandledMessage>('call-status:handled');
    const calls = receiver({ onBusy() {} });
    await calls.receive(callbackOf(COMPLETED));
    await calls.close();
    expect(messages).toEqual([{ ...about(1), outcome: 'unhandled' }]);
  });

  it('says that an attempt was interrupted because the receiver closed', async () => {
    const messages = published<HandledMessage>('call-status:handled');
    const started = vi.fn();
    const calls = receiver({
      onEnded: (_event, { signal }) =>
        new Promise((_, stop) => {
          started();
          signal.addEventListener('abort', stop);
        }),
    });
    await calls.receive(callbackOf(COMPLETED));
    await vi.waitFor(() => expect(started).toHaveBeenCalled());
    await calls.close({ deadlineMs: 0 });
    await vi.waitFor(() => expect(messages).toEqual([{ ...about(1), outcome: 'interrupted' }]));
  });

  it.each([
    ['while its handlers run', 'before'],
    ['when they have finished', 'after'],
  ])('says that the lease was lost %s', async (_, when) => {
    const messages = published<HandledMessage>('call-status:handled');
    const inbox = memoryInbox();
    const calls = receiver({
      inbox,
      leaseMs: 30,
      onEnded: async ({ callId }, { signal }) => {
        const aborted = new Promise((_, stop) => signal.addEventListener('abort', stop));
        await inbox.forgetCall('mycpaas', callId);
        if (when === 'before') await aborted;
      },
    });
    await calls.receive(callbackOf(COMPLETED));
    await vi.waitFor(() => expect(messages).toEqual([{ ...about(1), outcome: 'lease_lost' }]));
  });

  it('names no provider that the receiver does not have', async () => {
    const messages = published<HandledMessage>('call-status:handled');
    const inbox = memoryInbox();
    const earlier = receiver({ inbox, worker: false });
    await earlier.receive(callbackOf(COMPLETED));
    const errors: string[] = [];
    receiver({
      inbox,
      providers: [signalwire({ allowUnauthenticated: true })],
      onEnded() {},
      onError: ({ code }) => errors.push(code),
    });
    await vi.waitFor(() => expect(messages).toHaveLength(1));
    const { provider: _, ...rest } = about(1);
    expect(messages).toEqual([{ ...rest, outcome: 'failed', retryInMs: expect.any(Number) }]);
    expect(errors).toEqual(['provider_missing']);
  });
});
