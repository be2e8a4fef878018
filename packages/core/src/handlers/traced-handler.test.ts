import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { callbackOf } from '../../test/published.ts';
import { createCallStatus } from '../create-call-status.ts';
import type { CallStatusOptions } from '../options/call-status-options.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import type { HandleMessage } from '../telemetry/messages.ts';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const channel = tracingChannel<unknown, HandleMessage>('call-status:handle');
const silent = { warn() {}, error() {} };

const ABOUT = {
  provider: 'mycpaas',
  eventId: expect.stringContaining('mycpaas:CA1'),
  callId: 'CA1',
  status: 'completed',
  attempt: 1,
  attemptId: expect.any(Number),
};

async function receive(options: CallStatusOptions, ended: () => void = () => {}) {
  const providers = [mycpaas({ allowUnauthenticated: true })];
  const calls = createCallStatus({ providers, log: silent, ...options });
  onTestFinished(() => calls.close({ deadlineMs: 0 }));
  await calls.receive(callbackOf('CallSid=CA1&CallStatus=completed'));
  await vi.waitFor(ended);
  return calls;
}

describe('the tracing channel call-status:handle', () => {
  let order: string[];
  let messages: Set<HandleMessage>;

  beforeEach(() => {
    order = [];
    messages = new Set();
    const hear = (name: string) => (message: HandleMessage) => {
      order.push(message.error === undefined ? name : `${name}: ${Object(message.error).code ?? message.error}`);
      messages.add(message);
    };
    const subscribers = {
      start: hear('start'),
      end: hear('end'),
      asyncStart: hear('asyncStart'),
      asyncEnd: hear('asyncEnd'),
      error: hear('error'),
    };
    channel.subscribe(subscribers);
    onTestFinished(() => channel.unsubscribe(subscribers));
  });

  const FAILED = new Error('no');
  const after = (last: string) => () => expect(order.at(-1)).toContain(last);

  it.each<[string, () => unknown, string[]]>([
    ['returns', () => 7, ['start', 'end']],
    ['resolves', async () => 7, ['start', 'end', 'asyncStart', 'asyncEnd']],
    [
      'throws',
      () => {
        throw FAILED;
      },
      ['start', 'error: Error: no', 'end: Error: no'],
    ],
    [
      'rejects',
      async () => {
        throw FAILED;
      },
      ['start', 'end', 'error: Error: no', 'asyncStart: Error: no', 'asyncEnd: Error: no'],
    ],
  ])('is around a handler that %s', async (_, onEnded, expected) => {
    await receive({ onEnded, traceContext: () => TRACE }, after(expected.at(-1) as string));
    expect(order).toEqual(expected);
    const isPending = expected.includes('end') && expected.length > 2;
    const error = expected.length % 2 === 1 ? { error: FAILED } : {};
    expect([...messages]).toEqual([{ ...ABOUT, handler: 'onEnded', trace: TRACE, isPending, ...error }]);
  });

  it('ends when the handler took too long, whatever it does later', async () => {
    let finish = (): void => {};
    const onEnded = () => new Promise<void>((resolve) => (finish = resolve));
    await receive({ onEnded, handlerTimeoutMs: 5 }, after('asyncEnd'));
    finish();
    await new Promise(setImmediate);
    expect(order).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd'].map(withCode('handler_timeout')));
  });

  it('says that the handler gave up because the receiver closed', async () => {
    const onEnded = vi.fn((_event: unknown, { signal }: { readonly signal: AbortSignal }) => {
      return new Promise((_, stop) => signal.addEventListener('abort', () => stop(new Error('aborted'))));
    });
    const calls = await receive({ onEnded }, () => expect(onEnded).toHaveBeenCalled());
    await calls.close({ deadlineMs: 0 });
    await vi.waitFor(after('asyncEnd'));
    expect(order).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd'].map(withCode('closed')));
  });

  it('has a message for each handler, and the same attempt id for all of an attempt', async () => {
    await receive({ onCompleted() {}, onEnded() {} }, () => expect(messages.size).toBe(2));
    expect([...messages].map(({ handler }) => handler)).toEqual(['onCompleted', 'onEnded']);
    expect(new Set([...messages].map(({ attemptId }) => attemptId)).size).toBe(1);
  });
});

it('binds its stores around each handler and what it starts, and around nothing else', async () => {
  const storage = new AsyncLocalStorage<string>();
  channel.start.bindStore(storage, ({ handler }) => handler);
  onTestFinished(() => void channel.start.unbindStore(storage));
  const stores: unknown[] = [];
  const look = () => void stores.push(storage.getStore());
  await receive(
    {
      async onCompleted() {
        look();
        await new Promise(setImmediate);
        look();
        storage.enterWith('changed by the handler');
      },
      onEnded: () => look(),
      retry: {
        attempts: 2,
        backoff: () => {
          look();
          return 0;
        },
      },
      onStatus() {
        look();
        throw new Error('so that backoff is called');
      },
      onError: look,
    },
    () => expect(stores.length).toBeGreaterThanOrEqual(7),
  );
  expect(stores.slice(0, 5)).toEqual(['onStatus', undefined, 'onCompleted', 'onCompleted', 'onEnded']);
  expect(stores.slice(5)).toContain(undefined);
  expect(stores).not.toContain('changed by the handler');
});

function withCode(code: string): (name: string, at: number) => string {
  return (name, at) => (at < 2 ? name : `${name}: ${code}`);
}
