import { describe, expect, it, vi } from 'vitest';
import { received, receiver } from '../../test/receiver-subject.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import { nodeTimers } from '../timer.ts';

describe('the worker of a receiver', () => {
  const durable = (): Inbox => Object.defineProperty(memoryInbox(), 'durable', { value: true });
  const turn = () => new Promise((resolve) => setTimeout(resolve, 20));
  const waiting = async (inbox: Inbox) => (await inbox.counts()).waiting;

  it('takes nothing from a durable inbox before it has a handler, and reports once that there is no worker', async () => {
    const inbox = durable();
    const { calls, codes } = receiver({ inbox });
    for (const call of [1, 2]) await calls.receive(received(call));
    await turn();
    expect([codes, await waiting(inbox)]).toEqual([['no_worker'], 2]);
    const handled: string[] = [];
    calls.provider('mycpaas').onEnded(({ callId }) => void handled.push(callId));
    await vi.waitFor(() => expect(handled).toEqual(['CA1', 'CA2']));
    await calls.close();
  });

  it("with ack: 'handled' too, it takes nothing from a durable inbox before it has a handler", async () => {
    const inbox = durable();
    const { calls, codes } = receiver({ inbox, ack: 'handled', ackDeadlineMs: 0 });
    for (const call of [1, 2]) expect((await calls.receive(received(call)))?.status).toBe(503);
    expect([codes, await waiting(inbox)]).toEqual([['no_worker', 'not_handled', 'not_handled'], 2]);
    const handled: string[] = [];
    calls.onEnded(({ callId }) => void handled.push(callId));
    await vi.waitFor(() => expect(handled).toEqual(['CA1', 'CA2']));
    await calls.close();
  });

  it.each([{}, { onEnded() {} }])(
    'leaves a durable inbox to another process with worker: false: %o',
    async (handlers) => {
      const inbox = durable();
      const { calls, codes } = receiver({ inbox, worker: false, ...handlers });
      calls.onCompleted(() => {});
      await calls.receive(received(1));
      await turn();
      expect([codes, await waiting(inbox)]).toEqual([[], 1]);
      await calls.close();
    },
  );

  it.each([
    ['with worker: true', durable, { worker: true }],
    ["of an inbox in memory with ack: 'handled'", memoryInbox, { ack: 'handled' }],
    ['of an inbox in memory', memoryInbox, {}],
  ] as const)('is done without a handler %s', async (_, newInbox, options) => {
    const inbox = newInbox();
    const { calls, codes } = receiver({ inbox, ...options });
    expect((await calls.receive(received(1)))?.status).toBe(200);
    await vi.waitFor(async () => expect(await waiting(inbox)).toBe(0));
    expect(codes).toEqual([]);
    await calls.close();
  });

  it('reports a missing worker if no other process can be one', async () => {
    const { calls, codes } = receiver({ worker: false });
    await calls.receive(received(1));
    expect(codes).toEqual(['no_worker']);
  });

  it('reports once that the inbox is away, besides what callbacks are answered, and once that it works again', async () => {
    let [now, isDown] = [0, true];
    const polls: (() => void)[] = [];
    const inbox = durable();
    const orDown = (name: 'take' | 'record') => {
      const original = inbox[name].bind(inbox) as (...args: unknown[]) => Promise<never>;
      return (...args: unknown[]) => (isDown ? Promise.reject(new Error('away')) : original(...args));
    };
    Object.assign(inbox, {
      ready: async () => {
        if (isDown) throw new Error('away');
      },
      take: orDown('take'),
      record: orDown('record'),
    });
    const every = (_ms: number, run: () => void): (() => void) => {
      polls.push(run);
      return () => {};
    };
    const { calls, codes } = receiver({
      inbox,
      clock: { now: () => now, timers: { ...nodeTimers, now: () => now, every } },
    });
    calls.onEnded(() => {});
    for (let poll = 0; poll < 3; poll++) {
      now += 1000;
      for (const run of polls) run();
      await turn();
    }
    expect(codes).toEqual(['inbox_unavailable']);
    for (const call of [1, 2]) expect((await calls.receive(received(call)))?.status).toBe(503);
    expect(codes).toHaveLength(3);
    isDown = false;
    expect((await calls.receive(received(1)))?.status).toBe(200);
    expect(codes.slice(3)).toEqual(['inbox_recovered']);
    await calls.close();
  });

  it('does not start after it was closed', async () => {
    const inbox = durable();
    const { calls } = receiver({ inbox });
    await calls.receive(received(1));
    await calls.close();
    calls.onCompleted(() => expect.unreachable());
    await turn();
    expect(await waiting(inbox)).toBe(1);
  });
});
