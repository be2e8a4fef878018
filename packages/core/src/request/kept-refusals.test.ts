import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { callback, received, receiver, silent } from '../../test/receiver-subject.ts';
import type { CallbackRequest } from '../callback-request.ts';
import { createCallStatus } from '../create-call-status.ts';
import { CallStatusError } from '../errors.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import type { NewRefusal, RefusalLimits, Refusals } from '../inbox/refusals.ts';
import type { CallStatusOptions } from '../options/call-status-options.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { signalwire } from '../providers/signalwire.ts';
import { nodeTimers } from '../timer.ts';

const TOKEN = 'a-long-token-17';

/** A receiver, what it keeps, and a way to let a second pass. */
function keeping(options: Partial<CallStatusOptions> = {}, keep?: Refusals['keep']) {
  const kept: NewRefusal[] = [];
  const writes: RefusalLimits[] = [];
  const due = new Set<() => void>();
  let now = Date.UTC(2026, 0, 1);
  const inbox: Inbox = Object.assign(memoryInbox(), {
    refusals: {
      keep: async (refusals: readonly NewRefusal[], limits: RefusalLimits) => {
        await keep?.(refusals, limits);
        kept.push(...refusals);
        writes.push(limits);
      },
    } as Refusals,
  });
  const after = (_ms: number, callback: () => void): (() => void) => {
    due.add(callback);
    return () => due.delete(callback);
  };
  const { calls, codes } = receiver({
    inbox,
    clock: { now: () => now, timers: { ...nodeTimers, after } },
    ...(options as object),
  });
  onTestFinished(() => calls.close());
  const second = async (): Promise<void> => {
    now += 1000;
    const callbacks = [...due];
    due.clear();
    for (const one of callbacks) one();
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  };
  return { calls, codes, kept, writes, second, tick: (ms: number) => (now += ms) };
}

const forged = (more?: Partial<CallbackRequest>) => callback('CallSid=1', more);

describe('rejected callbacks', () => {
  it('are kept once a second, with what explains them and without what identifies anyone', async () => {
    const { calls, kept, writes, second } = keeping();
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-request-id': 'r-1',
      authorization: 'Bearer x',
    };
    const url = '/hooks/15550100123/voice?token=secret&to=%2B15550100123&x';
    await calls.receive(forged({ url, headers, clientAddress: '203.0.113.77' }));
    expect(kept).toEqual([]);
    await second();
    expect(kept).toEqual([
      {
        provider: 'mycpaas',
        code: 'invalid_callback',
        httpStatus: 422,
        hint: expect.stringContaining('CallStatus'),
        url: '/hooks/…/voice?token=…&to=…&…',
        headerNames: ['content-type', 'x-request-id', 'authorization'],
        contentType: 'application/x-www-form-urlencoded',
        bytes: 9,
        caller: '203.0.113.0/24',
        requestId: 'r-1',
        count: 1,
        firstAt: '2026-01-01T00:00:00.000Z',
        lastAt: '2026-01-01T00:00:00.000Z',
      },
    ]);
    expect(writes).toEqual([{ rows: 500, bytes: 8 * 1024 * 1024, uncounted: 0 }]);
    await second();
    expect(writes).toHaveLength(1);
  });

  it('that are alike are one row with a count', async () => {
    const { calls, kept, second, tick } = keeping();
    for (let at = 0; at < 3; at++) {
      await calls.receive(forged());
      tick(100);
    }
    await calls.receive(callback('{', { headers: { 'content-type': 'application/json', 'content-length': '1' } }));
    await second();
    expect(kept).toMatchObject([
      { code: 'invalid_callback', count: 3, firstAt: '2026-01-01T00:00:00.000Z', lastAt: '2026-01-01T00:00:00.200Z' },
      { code: 'malformed_body', httpStatus: 400, count: 1 },
    ]);
  });

  it('beyond ten kinds a second of one provider and code are only counted', async () => {
    const { calls, kept, writes, second } = keeping({
      publicUrl: ({ url }) => {
        throw new CallStatusError('invalid_host', { provider: 'signalwire', hint: url });
      },
      providers: [signalwire({ signingKey: 'PSK' })] as never,
    });
    for (let at = 0; at < 14; at++) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-signalwire-signature': 'x' };
      await calls.receive(callback('CallSid=1&CallStatus=busy', { url: `/${at}`, headers }));
    }
    await second();
    expect(kept.map(({ code, hint }) => [code, hint])).toEqual(
      Array.from({ length: 10 }, (_, at) => ['invalid_host', `/${at}`]),
    );
    expect(writes).toMatchObject([{ uncounted: 4 }]);
  });

  it('of the inbox and of handlers are not kept', async () => {
    const down = () => Promise.reject(new Error('down'));
    const { calls, codes, writes, second } = keeping();
    Object.assign(calls.inbox, { record: down });
    expect((await calls.receive(received(1)))?.status).toBe(503);
    await second();
    expect([codes, writes]).toEqual([['inbox_unavailable'], []]);
  });

  it('are kept when the receiver closes', async () => {
    const { calls, kept } = keeping();
    await calls.receive(forged());
    await calls.close();
    expect(kept).toMatchObject([{ code: 'invalid_callback' }]);
    expect((await calls.receive(forged()))?.status).toBe(503);
  });

  it.each<[string, Partial<CallStatusOptions>]>([['keepRefused: false', { keepRefused: false }]])(
    'are not kept with %s',
    async (_, options) => {
      const { calls, writes, second } = keeping(options);
      await calls.receive(forged());
      await second();
      expect(writes).toEqual([]);
    },
  );

  it('are not kept without their request, or by an inbox that cannot', async () => {
    const { calls, writes, second } = keeping();
    calls.reject(new CallStatusError('body_too_large'));
    await second();
    expect(writes).toEqual([]);
    const without = receiver({ inbox: Object.assign(memoryInbox(), { refusals: undefined }) });
    expect((await without.calls.receive(forged()))?.status).toBe(422);
    await without.calls.close();
  });

  it('are written one batch at a time, and go on counting while the inbox is slow', async () => {
    let answer = (): void => {};
    const { calls, kept, second } = keeping({}, () => new Promise((resolve) => (answer = resolve)));
    await calls.receive(forged());
    await second();
    await calls.receive(forged());
    await second();
    await calls.receive(forged());
    await second();
    expect(kept).toEqual([]);
    answer();
    await second();
    await second();
    answer();
    await second();
    expect(kept.map(({ count }) => count)).toEqual([1, 2]);
  });

  it('that cannot be written are only counted; the answer stays, and the failure is reported once', async () => {
    let isDown = true;
    const { calls, codes, kept, writes, second } = keeping({}, async () => {
      if (isDown) throw new Error('down');
    });
    for (let at = 0; at < 3; at++) {
      expect((await calls.receive(forged()))?.status).toBe(422);
      await second();
    }
    expect(codes.filter((code) => code === 'inbox_unavailable')).toHaveLength(1);
    isDown = false;
    await calls.receive(forged());
    await second();
    expect([kept.length, writes]).toMatchObject([1, [{ uncounted: 3 }]]);
  });

  it('of an adapter that gives an odd request are answered all the same', async () => {
    const { calls, writes, second } = keeping();
    const odd = { ...forged(), headers: null as never };
    expect((await calls.receive(odd))?.error).toBeDefined();
    await second();
    expect(writes).toMatchObject([{ uncounted: 1 }]);
  });

  it('are kept whole with raw: true, without tokens and credentials', async () => {
    const { calls, kept, second } = keeping({
      keepRefused: { rows: 5, raw: true },
      providers: [mycpaas({ token: TOKEN })] as never,
    });
    const url = `/hooks/15550100123?token=${TOKEN}&to=1`;
    await calls.receive(forged({ url, headers: { ...forged().headers, cookie: 'a=b' } }));
    await second();
    expect(kept[0]?.request).toEqual({
      method: 'POST',
      url: '/hooks/15550100123?token={token}&to=1',
      origin: 'https://example.com',
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: '' },
      body: Buffer.from('CallSid=1').toString('base64'),
    });
  });
});

it('does not know the tokens that a function returns', async () => {
  const { calls, kept, second } = keeping({
    keepRefused: { raw: true },
    providers: [mycpaas({ token: () => TOKEN }), signalwire({ token: [TOKEN, 'another-token'] })] as never,
  });
  await calls.provider('mycpaas').receive(forged({ url: `/?token=${TOKEN}` }));
  await calls.provider('signalwire' as never).receive(forged({ url: '/?token=another-token' }));
  await second();
  expect(kept.map(({ request }) => request?.url)).toEqual(['/?token={length:15}', '/?token={token}']);
});

it('opens the inbox to keep what came before the first event', async () => {
  const keep = vi.fn(async () => {});
  const ready = vi.fn(async () => {});
  const inbox = Object.assign(memoryInbox(), { refusals: { keep } as unknown as Refusals, ready, durable: true });
  const calls = createCallStatus({ providers: [mycpaas()], log: silent, inbox });
  await calls.receive(forged());
  await calls.close();
  expect([ready.mock.calls.length, keep.mock.calls.length]).toEqual([1, 1]);
});

it('is read back from the inbox', async () => {
  const { calls } = receiver();
  onTestFinished(() => calls.close());
  await calls.receive(forged());
  await vi.waitFor(async () => expect((await calls.inbox.refusals?.list())?.rows).toHaveLength(1));
  expect((await calls.inbox.refusals?.list({ code: 'invalid_callback' }))?.rows).toMatchObject([{ count: 1 }]);
  expect((await calls.health()).inbox.refused).toMatchObject({ kept: 1, uncounted: 0 });
});
