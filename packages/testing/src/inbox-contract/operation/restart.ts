import assert from 'node:assert/strict';
import { assertMatches } from '../../assertions.ts';
import type { Tests } from '../bench/bench.ts';
import { LEASE_MS } from '../bench/bench.ts';

export const RESTART: Tests = {
  'keeps calls, and knows duplicates': async (t) => {
    await t.record('c1', 'ringing', 'completed');
    await t.finishOne();
    const before = [await t.inbox.getCall('acme', 'c1'), await t.inbox.listCalls(), await t.inbox.counts()];
    await t.reopen();
    assert.deepEqual([await t.inbox.getCall('acme', 'c1'), await t.inbox.listCalls(), await t.inbox.counts()], before);
    assert.deepEqual(await t.inbox.record(t.event('c1', 'ringing')), { transition: 'duplicate', done: true });
    assert.deepEqual(await t.inbox.record(t.event('c1', 'completed')), { transition: 'duplicate', done: false });
    assert.equal((await t.inbox.record(t.event('c1', 'busy'))).transition, 'conflict');
    assert.equal((await t.finishOne()).event.id, 'acme:c1:completed');
  },

  'gives out what was running as a suspect once its lease ran out': async (t) => {
    await t.record('c1', 'queued', 'completed');
    const lost = await t.takeOne();
    await t.reopen();
    assert.equal((await t.expectIdle()).nextInMs, LEASE_MS);
    t.clock.advance(LEASE_MS + 1);
    const again = await t.takeSuspect();
    assertMatches(again, { attempt: 1, suspect: true, event: lost.event });
    assert.notEqual(again.lease.token, lost.lease.token);
    assert.notEqual(await t.inbox.finish(lost.lease), 'done');
    assert.equal(await t.inbox.finish(again.lease), 'done');
    assert.equal((await t.finishOne()).event.id, 'acme:c1:completed');
  },

  'keeps retry times and the handlers that were done': async (t) => {
    await t.record('c1', 'ringing');
    await t.inbox.fail((await t.takeOne()).lease, { retryInMs: 5000, error: 'boom', doneHandlers: ['onStatus'] });
    await t.reopen();
    assert.equal((await t.expectIdle()).nextInMs, 5000);
    t.clock.advance(5000);
    assertMatches(await t.takeOne(), { attempt: 2, doneHandlers: ['onStatus'] });
  },

  'keeps what was begun when it was closed': async (t) => {
    await t.record('c1', 'ringing');
    const { lease } = await t.takeOne();
    void t.inbox.record(t.event('c2', 'ringing'));
    void t.inbox.finish(lease);
    await t.inbox.close();
    await t.reopen();
    assert.deepEqual(await t.inbox.record(t.event('c1', 'ringing')), { transition: 'duplicate', done: true });
    assert.equal((await t.finishOne()).event.callId, 'c2');
  },

  'keeps dead letters': async (t) => {
    await t.record('c1', 'ringing');
    const { event: dead } = await t.moveToDeadLetters();
    const before = await t.inbox.deadLetters.list();
    await t.reopen();
    assert.deepEqual(await t.inbox.deadLetters.list(), before);
    assert.equal(await t.inbox.deadLetters.replay(dead.id), true);
    assertMatches(await t.finishOne(), { attempt: 1, event: dead });
  },
};
