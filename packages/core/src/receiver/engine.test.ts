import { describe, expect, it, vi } from 'vitest';
import { received, receiver } from '../../test/receiver-subject.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';

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
    ["with ack: 'handled'", durable, { ack: 'handled' }],
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
