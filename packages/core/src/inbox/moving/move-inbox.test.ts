import { describe, expect, it, vi } from 'vitest';
import { type CallStatus, isTerminal } from '../../event.ts';
import type { Inbox, NewEvent } from '../inbox.ts';
import type { JobTransaction } from '../job-transaction.ts';
import { memoryInbox } from '../memory-inbox.ts';
import { type MovingInbox, moveInbox } from './move-inbox.ts';

function event(callId: string, status: CallStatus): NewEvent {
  return {
    provider: 'acme',
    id: `${callId}:${status}`,
    callId,
    status,
    rawStatus: status,
    terminal: isTerminal(status),
    receivedAt: '2026-03-02T09:00:00.000Z',
    source: 'callback',
    trust: 'none',
    raw: {},
  };
}

/** An inbox that stays open, and other members for it. */
function keptOpen(inbox: Inbox, members: Partial<Inbox> = {}): Inbox {
  return new Proxy(inbox, {
    get(target, name: keyof Inbox) {
      if (name in members) return members[name];
      if (name === 'close') return async () => {};
      const member = target[name];
      return typeof member === 'function' ? (member as () => unknown).bind(target) : member;
    },
  });
}

async function takeAll(inbox: Inbox): Promise<string[]> {
  const { jobs } = await inbox.take({ limit: 100, leaseMs: 1000, owner: 'test' });
  await Promise.all(jobs.map(({ lease }) => inbox.finish(lease)));
  return jobs.map(({ event: { id } }) => id);
}

async function makeDead(inbox: Inbox): Promise<void> {
  const { jobs } = await inbox.take({ limit: 1, leaseMs: 1000, owner: 'test' });
  for (const { lease } of jobs) await inbox.fail(lease, { error: 'boom', doneHandlers: [] });
}

async function callsOf(inbox: Inbox): Promise<string[]> {
  return (await inbox.listCalls()).rows.map(({ callId }) => callId).sort();
}

/** An old inbox with 250 calls, each with an event that is not handled. */
async function filled(): Promise<Inbox> {
  const from = memoryInbox();
  for (let count = 0; count < 250; count++) await from.record(event(`c${count}`, 'ringing'));
  return from;
}

describe('moveInbox', () => {
  it('moves every call in the background, and reports', async () => {
    const [from, to] = [await filled(), memoryInbox()];
    const inbox = moveInbox(from, to);
    await inbox.ready?.();
    await inbox.ready?.();
    expect(await inbox.moved).toEqual({ calls: 250, events: 250 });
    expect(await callsOf(from)).toEqual([]);
    expect(await inbox.counts()).toMatchObject({ live: 250, waiting: 250 });
    expect(await inbox.record(event('c7', 'ringing'))).toEqual({ transition: 'duplicate', done: false });
    expect(await inbox.record(event('c7', 'completed'))).toEqual({ transition: 'advance', done: false });
    await inbox.close();
    await expect(to.record(event('c1', 'busy'))).rejects.toMatchObject({ code: 'closed' });
    await expect(from.record(event('c1', 'busy'))).rejects.toMatchObject({ code: 'closed' });
    const call = { provider: 'acme', callId: 'c1', events: [] };
    await expect(to.importCall?.(call)).rejects.toMatchObject({ code: 'closed' });
  });

  it('moves a call before anything else happens to it', async () => {
    const from = memoryInbox();
    for (const callId of ['recorded', 'read', 'ended', 'erased', 'exported', 'imported']) {
      await from.record(event(callId, 'completed'));
    }
    await from.record(event('live', 'ringing'));
    const inbox = moveInbox(from, memoryInbox());
    expect(await inbox.record(event('recorded', 'completed'))).toEqual({ transition: 'duplicate', done: false });
    expect(await inbox.record(event('recorded', 'busy'))).toEqual({ transition: 'conflict', done: false });
    expect((await inbox.getCall('acme', 'read'))?.events).toHaveLength(1);
    expect(await inbox.endCall('acme', 'live', { status: 'failed' })).toBe(true);
    expect(await inbox.forgetCall('acme', 'erased')).toBe(true);
    const call = await inbox.exportCall?.('acme', 'exported');
    expect(call?.events).toHaveLength(1);
    expect(await inbox.importCall?.({ ...(call as NonNullable<typeof call>), callId: 'imported' })).toBe(false);
    expect(await callsOf(from)).toEqual(['ended']);
    expect(await takeAll(inbox)).toHaveLength(5);
  });

  it('keeps the order of operations on a call that are not awaited', async () => {
    const from = memoryInbox();
    await from.record(event('c1', 'ringing'));
    const inbox = moveInbox(from, memoryInbox());
    const results = await Promise.all([
      inbox.record(event('c1', 'in-progress')),
      inbox.endCall('acme', 'c1', { status: 'failed' }),
      inbox.record(event('c1', 'completed')),
      inbox.forgetCall('acme', 'c1'),
      inbox.record(event('c1', 'busy')),
    ]);
    expect(results).toMatchObject([
      { transition: 'advance' },
      true,
      { transition: 'conflict' },
      true,
      { transition: 'advance' },
    ]);
  });

  it('finds dead letters that are still in the old inbox', async () => {
    const from = memoryInbox();
    for (const callId of ['read', 'replayed', 'discarded']) {
      await from.record(event(callId, 'ringing'));
      await makeDead(from);
    }
    const inbox = moveInbox(from, memoryInbox());
    const { deadLetters } = inbox;
    expect((await deadLetters.get('read:ringing'))?.error).toBe('boom');
    expect(await deadLetters.replay('replayed:ringing')).toBe(true);
    expect(await deadLetters.discard('discarded:ringing')).toBe(true);
    expect(await deadLetters.discard('unknown')).toBe(false);
    expect(await takeAll(inbox)).toEqual(['replayed:ringing']);
    expect((await deadLetters.list()).rows).toHaveLength(1);
    expect(await deadLetters.groups?.()).toHaveLength(1);
    expect(await deadLetters.replayAll()).toBe(1);
    expect(await callsOf(from)).toEqual([]);
    await inbox.ready?.();
    await inbox.moved;
    expect(await deadLetters.get('read:ringing')).toBeUndefined();
  });

  it('continues where a process stopped, even between adding a call and removing it', async () => {
    const [from, to] = [await filled(), memoryInbox()];
    let removed = 0;
    // The process dies after some calls, before it removes the next.
    const dying = keptOpen(from, {
      forgetCall: (...call) => (removed++ < 120 ? from.forgetCall(...call) : new Promise(() => {})),
    });
    void moveInbox(dying, keptOpen(to)).ready?.();
    await vi.waitFor(() => expect(removed).toBe(121));
    const handled = await takeAll(to);
    const inbox = moveInbox(from, to);
    await inbox.ready?.();
    expect(await inbox.moved).toEqual({ calls: 129, events: 129 });
    handled.push(...(await takeAll(inbox)), ...(await takeAll(inbox)));
    expect(new Set(handled).size).toBe(250);
    expect(handled).toHaveLength(250);
  });

  it('tries again when an inbox fails', async () => {
    const [from, to] = [await filled(), memoryInbox()];
    let failures = 1;
    const failing = keptOpen(to, {
      importCall: (call) =>
        failures-- > 0 ? Promise.reject(new Error('away')) : (to as Required<Inbox>).importCall(call),
    });
    const inbox = moveInbox(from, failing);
    await expect(inbox.record(event('c1', 'busy'))).rejects.toThrow('away');
    failures = 1;
    await inbox.ready?.();
    expect(await inbox.moved).toEqual({ calls: 250, events: 250 });
  });

  it('records what is not handled of a call that the new inbox already had', async () => {
    const [from, to] = [memoryInbox(), memoryInbox()];
    await from.record(event('c1', 'queued'));
    await takeAll(from);
    await from.record(event('c1', 'initiated'));
    await makeDead(from);
    await from.record(event('c1', 'ringing'));
    await to.record(event('c1', 'in-progress'));
    const inbox = moveInbox(from, to);
    expect(await inbox.record(event('c1', 'ringing'))).toEqual({ transition: 'duplicate', done: false });
    const call = await inbox.getCall('acme', 'c1');
    expect(call?.events.map(({ status, transition }) => [status, transition])).toEqual([
      ['initiated', 'late'],
      ['ringing', 'late'],
      ['in-progress', 'advance'],
    ]);
  });

  it.each<[string, (inbox: MovingInbox, failing: () => boolean) => Promise<unknown>]>([
    ['before it began', async () => {}],
    ['in the middle', async (inbox) => inbox.ready?.()],
    [
      'in the pause after a failure',
      async (inbox, failing) => {
        await inbox.ready?.();
        await vi.waitFor(() => expect(failing()).toBe(true));
      },
    ],
  ])('says that it was closed %s', async (when, begin) => {
    const from = await filled();
    let hasFailed = false;
    const failing: Partial<Inbox> = {
      listCalls: async () => {
        hasFailed = true;
        throw new Error('away');
      },
    };
    const inbox = moveInbox(keptOpen(from, when.includes('failure') ? failing : {}), memoryInbox());
    await begin(inbox, () => hasFailed);
    await inbox.close();
    await expect(inbox.moved).rejects.toMatchObject({ code: 'closed' });
    await inbox.ready?.();
    expect((await callsOf(from)).length).toBeGreaterThan(0);
  });

  it('refuses an inbox whose calls cannot be moved', () => {
    const old = keptOpen(memoryInbox(), { exportCall: undefined } as unknown as Partial<Inbox>);
    const refused = expect.objectContaining({
      code: 'invalid_options',
      message: expect.stringContaining('exportCall'),
    });
    expect(() => moveInbox(old, memoryInbox())).toThrow(refused);
    expect(() => moveInbox(memoryInbox(), keptOpen(memoryInbox(), { importCall: undefined } as never))).toThrow(
      refused,
    );
  });

  it('is as durable and shared as the new inbox, with its transactions', () => {
    expect(moveInbox(memoryInbox(), memoryInbox()).transaction).toBeUndefined();
    const transaction: JobTransaction = {
      query: async () => ({ rows: [], rowCount: 0 }),
      finish: async () => 'done',
      rollback: async () => {},
    };
    const to = keptOpen(memoryInbox(), { durable: true, shared: true, transaction: () => transaction });
    const inbox = moveInbox(memoryInbox(), to);
    expect([inbox.durable, inbox.shared, inbox.transaction?.()]).toEqual([true, true, transaction]);
  });
});
