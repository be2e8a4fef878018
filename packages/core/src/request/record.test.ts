import { describe, expect, it, vi } from 'vitest';
import { createCallStatus } from '../create-call-status.ts';
import { CallStatusError } from '../errors.ts';
import type { Inbox, ReadyOptions } from '../inbox/inbox.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import { mycpaas } from '../providers/mycpaas.ts';

const silent = { warn() {}, error() {} };
const provider = mycpaas({ allowUnauthenticated: true });

const COMPLETED = {
  method: 'POST',
  url: '/',
  origin: 'http://hooks.example.com',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: Buffer.from('CallSid=CA1&CallStatus=completed'),
};

/** The same inbox with some methods replaced. */
function faulty(faults: Partial<Inbox>, inbox: Inbox = memoryInbox()): Inbox {
  return new Proxy(inbox, {
    get(target, name) {
      const value = faults[name as keyof Inbox] ?? target[name as keyof Inbox];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('record', () => {
  it('is 503 in time when the inbox hangs, with a text that does not promise that nothing was recorded', async () => {
    const calls = createCallStatus({
      providers: [provider],
      inbox: faulty({ record: () => new Promise(() => {}) }),
      recordDeadlineMs: 50,
      log: silent,
      onCompleted() {},
    });
    const receipt = await calls.receive(COMPLETED);
    expect(receipt).toMatchObject({ status: 503, error: { code: 'inbox_unavailable' } });
    expect(receipt?.error?.message).toMatch(/within 50 ms \(recordDeadlineMs\).*may have been recorded.*duplicate/);
    await calls.close();
  });

  it('is 503 in time when the inbox does not open', async () => {
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const inbox = memoryInbox();
    const calls = createCallStatus({
      providers: [provider],
      inbox: faulty({ ready: () => opened }, inbox),
      recordDeadlineMs: 50,
      log: silent,
    });
    expect(await calls.receive(COMPLETED)).toMatchObject({ status: 503, error: { code: 'inbox_unavailable' } });
    open();
    expect(await calls.receive(COMPLETED)).toMatchObject({ status: 200 });
    await calls.close();
  });

  it.each(['recorded', 'handled'] as const)(
    'whose answer is lost is 503, and its next try a duplicate that is handled once, with ack: %o',
    async (ack) => {
      const inbox = memoryInbox();
      let isLost = true;
      const handled: string[] = [];
      const calls = createCallStatus({
        providers: [provider],
        inbox: faulty(
          {
            async record(event) {
              const recorded = await inbox.record(event);
              if (isLost) throw new Error('connection reset');
              return recorded;
            },
          },
          inbox,
        ),
        ack,
        log: silent,
        onCompleted: ({ callId }) => void handled.push(callId),
      });
      expect(await calls.receive(COMPLETED)).toMatchObject({ status: 503 });
      isLost = false;
      expect(await calls.receive(COMPLETED)).toMatchObject({ status: 200, event: { transition: 'duplicate' } });
      await vi.waitFor(() => expect(handled).toEqual(['CA1']));
      await calls.close();
    },
  );

  it("answers 200 with ack: 'handled' when the answer to finish was lost", async () => {
    const inbox = memoryInbox();
    const codes: string[] = [];
    let isLost = true;
    const calls = createCallStatus({
      providers: [provider],
      inbox: faulty(
        {
          async finish(lease) {
            const outcome = await inbox.finish(lease);
            if (!isLost) return outcome;
            isLost = false;
            throw new Error('connection reset');
          },
        },
        inbox,
      ),
      ack: 'handled',
      log: silent,
      onCompleted() {},
      onError: ({ code }) => codes.push(code),
    });
    expect(await calls.receive(COMPLETED)).toMatchObject({ status: 200 });
    expect(codes).toEqual(['inbox_unavailable']);
    await calls.close();
  });
});

describe('opening the inbox', () => {
  const away = new CallStatusError('inbox_unwritable');

  it('fails createCallStatus at once where it is tried at once', () => {
    const inbox = faulty({
      ready() {
        throw away;
      },
    });
    expect(() => createCallStatus({ providers: [provider], inbox, log: silent, onCompleted() {} })).toThrow(away);
  });

  it('is reported where it takes time, tried again with the next callback, and done once', async () => {
    let isAway = true;
    const ready = vi.fn(async (_options?: ReadyOptions) => {
      if (isAway) throw away;
    });
    const codes: string[] = [];
    const calls = createCallStatus({
      providers: [provider],
      inbox: faulty({ ready }),
      log: silent,
      onCompleted() {},
      onError: ({ code }) => codes.push(code),
    });
    expect(await calls.receive(COMPLETED)).toMatchObject({ status: 503, error: { code: 'inbox_unwritable' } });
    await expect(calls.ready()).rejects.toBe(away);
    expect(codes).toEqual(['inbox_unwritable', 'inbox_unwritable']);
    isAway = false;
    await calls.ready();
    const opened = ready.mock.calls.length;
    expect(await calls.receive(COMPLETED)).toMatchObject({ status: 200 });
    expect(ready).toHaveBeenCalledTimes(opened);
    ready.mock.lastCall?.[0]?.onWarning?.(new CallStatusError('memory_inbox'));
    expect(codes.at(-1)).toBe('memory_inbox');
    expect(ready).toHaveBeenLastCalledWith(expect.objectContaining({ create: true }));
    await calls.close();
  });

  it('waits for the first callback where nothing works', async () => {
    const ready = vi.fn();
    const calls = createCallStatus({ providers: [provider], inbox: faulty({ ready }), log: silent, worker: false });
    expect(ready).not.toHaveBeenCalled();
    await calls.receive(COMPLETED);
    expect(ready).toHaveBeenCalledOnce();
    await calls.close();
  });
});
