import assert from 'node:assert/strict';
import type { Inbox } from '@call-status/core';
import type { Lease } from '@call-status/core/inbox';
import { assertMatches } from '../../assertions.ts';
import { eventually, nextTurn } from '../../real-time.ts';
import type { Bench, Tests } from '../bench/bench.ts';
import { readAll } from '../bench/read-all.ts';
import { timesFrom } from '../bench/times-from.ts';

export const DEAD_LETTERS: Tests = {
  'moves what is not to be retried to the dead letters, and the call goes on': async (t) => {
    await t.record('c1', 'queued', 'completed');
    await t.inbox.fail((await t.takeOne()).lease, { retryInMs: 0, error: 'first', doneHandlers: [] });
    const deadAt = new Date(t.clock.advance(1000)).toISOString();
    const { event: dead } = await t.moveToDeadLetters('second');
    const letter = { event: dead, attempts: 2, error: 'second', deadAt };
    assert.deepEqual(await t.inbox.deadLetters.get(dead.id), letter);
    assert.deepEqual(await t.inbox.deadLetters.list(), { rows: [letter] });
    assert.deepEqual(await t.inbox.record(t.event('c1', 'queued')), { transition: 'duplicate', done: true });
    assert.equal((await t.finishOne()).event.id, 'acme:c1:completed');
    await t.expectIdle();
  },

  'says which handler failed last, if one did': async (t) => {
    await t.record('c1', 'queued');
    const failure = { error: 'boom', doneHandlers: ['onStatus'] };
    await t.inbox.fail((await t.takeOne()).lease, { ...failure, retryInMs: 0, handler: 'crm' });
    const { lease, event } = await t.takeOne();
    await t.inbox.fail(lease, { ...failure, handler: 'billing' });
    assertMatches(await t.inbox.deadLetters.get(event.id), { handler: 'billing' });
    assertMatches((await t.inbox.deadLetters.list()).rows, [{ handler: 'billing' }]);
    await t.inbox.deadLetters.replay(event.id);
    await t.inbox.fail((await t.takeOne()).lease, { ...failure, retryInMs: 0, handler: 'crm' });
    await t.moveToDeadLetters();
    assert.equal('handler' in ((await t.inbox.deadLetters.get(event.id)) ?? {}), false);
  },

  'replays one from attempt 1, before the later events of its call, without the handlers that were done': async (t) => {
    await t.record('c1', 'queued', 'completed');
    const job = await t.takeOne();
    await t.inbox.fail(job.lease, { error: 'boom', doneHandlers: ['onStatus'] });
    assert.equal(await t.inbox.deadLetters.replay(job.event.id), true);
    assert.equal(await t.inbox.deadLetters.replay(job.event.id), false);
    assert.equal(await t.inbox.deadLetters.get(job.event.id), undefined);
    assert.deepEqual(await t.inbox.record(t.event('c1', 'queued')), { transition: 'duplicate', done: false });
    assertMatches(await t.finishOne(), {
      attempt: 1,
      doneHandlers: ['onStatus'],
      event: { id: 'acme:c1:queued' },
    });
    assert.equal((await t.finishOne()).event.id, 'acme:c1:completed');
    await t.expectIdle();
  },

  'waits with a replayed event while another one of its call runs': async (t) => {
    await t.record('c1', 'queued', 'ringing', 'completed');
    const dead = await t.moveToDeadLetters();
    const running = await t.takeOne();
    await t.inbox.deadLetters.replay(dead.event.id);
    await t.expectIdle();
    await t.inbox.finish(running.lease);
    assert.equal((await t.finishOne()).event.id, 'acme:c1:queued');
    assert.equal((await t.finishOne()).event.id, 'acme:c1:completed');
  },

  'replays before an event of the same call that waits for its retry': async (t) => {
    await t.record('c1', 'queued', 'completed');
    const dead = await t.moveToDeadLetters();
    await t.inbox.fail((await t.takeOne()).lease, { retryInMs: 5000, error: 'boom', doneHandlers: [] });
    await t.inbox.deadLetters.replay(dead.event.id);
    assert.equal((await t.finishOne()).event.id, 'acme:c1:queued');
    assert.equal((await t.expectIdle()).nextInMs, 5000);
    t.clock.advance(5000);
    assert.equal((await t.finishOne()).event.id, 'acme:c1:completed');
    await t.expectIdle();
  },

  'tells its listeners about replayed jobs': async (t) => {
    await t.record('c1', 'ringing');
    const { event: dead } = await t.moveToDeadLetters();
    let heard = 0;
    t.inbox.onJobs(() => heard++);
    await t.inbox.deadLetters.replay(dead.id);
    await eventually(() => assert.ok(heard > 0));
  },

  'lists the newest first, by provider and time, page by page': async (t) => {
    const at = timesFrom(t.clock.now());
    for (let call = 0; call < 6; call++) {
      const provider = call % 2 === 0 ? 'acme' : 'zenith';
      await t.inbox.record(t.event(`c${call}`, 'ringing', { provider }));
      await t.moveToDeadLetters();
      t.clock.advance(1000);
    }
    const callIds = async (query: Parameters<Inbox['deadLetters']['list']>[0]) =>
      (await t.inbox.deadLetters.list(query)).rows.map((row) => row.event.callId);
    assert.deepEqual(await callIds({}), ['c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
    assert.deepEqual(await callIds({ provider: 'zenith' }), ['c5', 'c3', 'c1']);
    assert.deepEqual(await callIds({ since: at(2000), until: at(5000) }), ['c4', 'c3', 'c2']);
    assert.deepEqual(await callIds({ since: new Date(at(2000)), until: new Date(at(5000)) }), ['c4', 'c3', 'c2']);
    const pages = await readAll((page) => t.inbox.deadLetters.list({ ...page, limit: 4 }));
    assert.deepEqual(
      pages.map((row) => row.event.callId),
      ['c5', 'c4', 'c3', 'c2', 'c1', 'c0'],
    );
    assert.ok(!('next' in (await t.inbox.deadLetters.list({ limit: 6 }))));
  },

  'replays all of a provider and time span, oldest first': async (t) => {
    const at = timesFrom(t.clock.now());
    for (let round = 0; round < 4; round++) {
      await t.inbox.record(t.event('c1', 'ringing', { id: `a${round}` }));
      await t.moveToDeadLetters();
      await t.inbox.record(t.event('c2', 'ringing', { id: `z${round}`, provider: 'zenith' }));
      await t.moveToDeadLetters();
      t.clock.advance(1000);
    }
    const query = { provider: 'acme', since: at(1000), until: new Date(at(3000)) };
    assert.equal(await t.inbox.deadLetters.replayAll(query), 2);
    assert.equal(await t.inbox.deadLetters.replayAll(query), 0);
    assert.equal((await t.finishOne()).event.id, 'a1');
    assert.equal((await t.finishOne()).event.id, 'a2');
    await t.expectIdle();
    assert.equal(await t.inbox.deadLetters.replayAll(), 6);
    assertMatches(await t.inbox.counts(), { waiting: 6, dead: 0 });
  },

  'replays each once, though they die again meanwhile and the clock was set back': async (t) => {
    const callIds = Array.from({ length: 250 }, (_, at) => `c${at}`);
    await Promise.all(callIds.map((callId) => t.record(callId, 'ringing')));
    await moveAllToDeadLetters(t);
    t.clock.advance(1000);
    await t.record('newest', 'ringing');
    await t.moveToDeadLetters();
    // What dies again now is older than the newest, and newer than the others.
    t.clock.advance(-500);
    let isOver = false;
    const replaying = t.inbox.deadLetters.replayAll().finally(() => {
      isOver = true;
    });
    for (let killed = 0; !isOver && killed < 1000; killed += await moveAllToDeadLetters(t)) {
      // In the same millisecond, and in later ones.
      t.clock.advance(killed % 2);
      await nextTurn();
    }
    assert.equal(await replaying, 251);
    await moveAllToDeadLetters(t);
    assertMatches(await t.inbox.counts(), { dead: 251, waiting: 0 });
  },

  'replays all that was asked to die before, and nothing else': async (t) => {
    await t.record('c1', 'ringing');
    await t.record('c2', 'ringing');
    const [first, second] = (await t.take()).jobs.map(({ lease }) => lease) as [Lease, Lease];
    const [, replayed] = await Promise.all([
      t.inbox.fail(second, { error: 'boom', doneHandlers: [] }),
      t.inbox.deadLetters.replayAll(),
    ]);
    assert.equal(replayed, 1);
    t.clock.advance(1);
    const [nothing] = await Promise.all([
      t.inbox.deadLetters.replayAll(),
      t.inbox.fail(first, { error: 'boom', doneHandlers: [] }),
    ]);
    assert.equal(nothing, 0);
    assertMatches(await t.inbox.counts(), { dead: 1, waiting: 1 });
  },

  'forgets a discarded one, while its event stays recorded': async (t) => {
    await t.record('c1', 'ringing');
    const { event: dead } = await t.moveToDeadLetters();
    assert.equal(await t.inbox.deadLetters.discard(dead.id), true);
    assert.equal(await t.inbox.deadLetters.discard(dead.id), false);
    assert.equal(await t.inbox.deadLetters.replay(dead.id), false);
    assert.deepEqual(await t.inbox.deadLetters.list(), { rows: [] });
    assert.deepEqual(await t.inbox.record(t.event('c1', 'ringing')), { transition: 'duplicate', done: true });
    assert.deepEqual((await t.inbox.getCall('acme', 'c1'))?.events, [dead]);
  },

  'knows no dead letter that does not exist': async (t) => {
    await t.record('c1', 'ringing');
    for (const id of ['acme:c1:ringing', 'unknown']) {
      assert.equal(await t.inbox.deadLetters.get(id), undefined);
      assert.equal(await t.inbox.deadLetters.replay(id), false);
      assert.equal(await t.inbox.deadLetters.discard(id), false);
    }
  },
};

/** Returns how many. */
async function moveAllToDeadLetters(t: Bench): Promise<number> {
  const { jobs } = await t.take(1000);
  await Promise.all(jobs.map(({ lease }) => t.inbox.fail(lease, { error: 'boom', doneHandlers: [] })));
  return jobs.length;
}
