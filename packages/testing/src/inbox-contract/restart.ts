import { expect } from 'vitest';
import { LEASE_MS } from './bench.ts';
import type { Tests } from './contract-test.ts';

export const RESTART: Tests = {
  'keeps calls, and knows duplicates': async (t) => {
    await t.record('c1', 'ringing', 'completed');
    await t.finishOne();
    const before = [await t.inbox.getCall('acme', 'c1'), await t.inbox.listCalls(), await t.inbox.counts()];
    await t.reopen();
    expect([await t.inbox.getCall('acme', 'c1'), await t.inbox.listCalls(), await t.inbox.counts()]).toEqual(before);
    expect(await t.inbox.record(t.event('c1', 'ringing'))).toEqual({ transition: 'duplicate', done: true });
    expect(await t.inbox.record(t.event('c1', 'completed'))).toEqual({ transition: 'duplicate', done: false });
    expect((await t.inbox.record(t.event('c1', 'busy'))).transition).toBe('conflict');
    expect((await t.finishOne()).event.id).toBe('acme:c1:completed');
  },

  'gives out what was running as a suspect once its lease ran out': async (t) => {
    await t.record('c1', 'queued', 'completed');
    const lost = await t.takeOne();
    await t.reopen();
    expect((await t.expectIdle()).nextInMs).toBe(LEASE_MS);
    t.clock.advance(LEASE_MS + 1);
    const again = await t.takeSuspect();
    expect(again).toMatchObject({ attempt: 1, suspect: true, event: lost.event });
    expect(again.lease.token).not.toBe(lost.lease.token);
    expect(await t.inbox.finish(lost.lease)).not.toBe('done');
    expect(await t.inbox.finish(again.lease)).toBe('done');
    expect((await t.finishOne()).event.id).toBe('acme:c1:completed');
  },

  'keeps retry times and the handlers that were done': async (t) => {
    await t.record('c1', 'ringing');
    await t.inbox.fail((await t.takeOne()).lease, { retryInMs: 5000, error: 'boom', doneHandlers: ['onStatus'] });
    await t.reopen();
    expect((await t.expectIdle()).nextInMs).toBe(5000);
    t.clock.advance(5000);
    expect(await t.takeOne()).toMatchObject({ attempt: 2, doneHandlers: ['onStatus'] });
  },

  'keeps what was begun when it was closed': async (t) => {
    await t.record('c1', 'ringing');
    const { lease } = await t.takeOne();
    void t.inbox.record(t.event('c2', 'ringing'));
    void t.inbox.finish(lease);
    await t.inbox.close();
    await t.reopen();
    expect(await t.inbox.record(t.event('c1', 'ringing'))).toEqual({ transition: 'duplicate', done: true });
    expect((await t.finishOne()).event.callId).toBe('c2');
  },

  'keeps dead letters': async (t) => {
    await t.record('c1', 'ringing');
    const { event: dead } = await t.bury();
    const before = await t.inbox.deadLetters.list();
    await t.reopen();
    expect(await t.inbox.deadLetters.list()).toEqual(before);
    expect(await t.inbox.deadLetters.replay(dead.id)).toBe(true);
    expect(await t.finishOne()).toMatchObject({ attempt: 1, event: dead });
  },
};
