import assert from 'node:assert/strict';
import type { JobTransaction, Lease, Outcome } from '@call-status/core/inbox';
import { assertMatches } from '../../assertions.ts';
import { eventually } from '../../real-time.ts';
import { type Bench, LEASE_MS, type Tests } from '../bench/bench.ts';

/** The texts that handlers have written, sorted. */
async function written(t: Bench): Promise<string[]> {
  return [...(await t.table.rows())].sort();
}

/** A transaction in which a handler has written this text. */
async function writing(t: Bench, text: string): Promise<JobTransaction> {
  const transaction = t.transaction();
  await t.table.insert(transaction, text);
  return transaction;
}

/** Finishes, where the database may also refuse to commit. */
async function tryToFinish(transaction: JobTransaction, lease: Lease): Promise<Outcome | 'refused'> {
  return transaction.finish(lease).catch(() => 'refused' as const);
}

export const TRANSACTIONS: Tests = {
  'commits what handlers wrote with the result of their event': async (t) => {
    await t.record('c1', 'ringing', 'completed');
    const { lease, event } = await t.takeOne();
    const transaction = await writing(t, 'one');
    await t.table.insert(transaction, 'two');
    assert.deepEqual(await written(t), []);
    assert.equal(await transaction.finish(lease), 'done');
    assert.deepEqual(await written(t), ['one', 'two']);
    assert.deepEqual(await t.inbox.record(t.event('c1', 'ringing')), { transition: 'duplicate', done: true });
    assert.equal(event.status, 'ringing');
    assert.equal((await t.finishOne()).event.status, 'completed');
    await t.expectIdle();
  },

  'undoes what handlers wrote, and leaves the event to its worker': async (t) => {
    await t.record('c1', 'ringing');
    const { lease } = await t.takeOne();
    const transaction = await writing(t, 'undone');
    await transaction.rollback();
    await transaction.rollback();
    assert.deepEqual(await written(t), []);
    assert.deepEqual(await t.inbox.renew([lease], LEASE_MS), []);
    assert.equal(await t.inbox.fail(lease, { retryInMs: 0, error: 'boom', doneHandlers: [] }), 'done');
    const again = await t.takeOne();
    assert.equal(again.attempt, 2);
    assert.equal(await (await writing(t, 'kept')).finish(again.lease), 'done');
    assert.deepEqual(await written(t), ['kept']);
  },

  'commits nothing once another take has the event': async (t) => {
    await t.record('c1', 'ringing');
    const slow = await t.takeOne();
    const late = await writing(t, 'late');
    t.clock.advance(LEASE_MS + 1);
    const again = await t.takeSuspect();
    assert.notEqual(await tryToFinish(late, slow.lease), 'done');
    assert.deepEqual(await written(t), []);
    assert.equal(await (await writing(t, 'right')).finish(again.lease), 'done');
    assert.notEqual(await tryToFinish(await writing(t, 'later'), slow.lease), 'done');
    assert.deepEqual(await written(t), ['right']);
  },

  'commits nothing of an event that was released, failed or erased meanwhile': async (t) => {
    const failure = { error: 'boom', doneHandlers: [] };
    const ends: Readonly<Record<string, (lease: Lease) => Promise<unknown>>> = {
      released: (lease) => t.inbox.release(lease, { retryInMs: 60_000 }),
      failed: (lease) => t.inbox.fail(lease, failure),
      waiting: (lease) => t.inbox.fail(lease, { ...failure, retryInMs: 60_000 }),
      erased: () => t.inbox.forgetCall('acme', 'erased'),
    };
    for (const [callId, end] of Object.entries(ends)) {
      await t.record(callId, 'ringing');
      const { lease } = await t.takeOne();
      const transaction = await writing(t, callId);
      await end(lease);
      assert.notEqual(await tryToFinish(transaction, lease), 'done', callId);
    }
    assert.deepEqual(await written(t), []);
    assertMatches(await t.inbox.counts(), { waiting: 2, dead: 1, running: 0 });
  },

  'commits after the lease ended, as long as no other take has the event': async (t) => {
    await t.record('c1', 'ringing');
    const { lease } = await t.takeOne();
    const transaction = await writing(t, 'slow');
    t.clock.advance(LEASE_MS + 1);
    assert.equal(await transaction.finish(lease), 'done');
    assert.deepEqual(await written(t), ['slow']);
  },

  'commits once, though an answer is lost and the attempt is made again': async (t) => {
    await t.record('c1', 'ringing');
    const { lease } = await t.takeOne();
    await (await writing(t, 'once')).finish(lease);
    // The worker did not get the answer.
    assert.notEqual(await t.inbox.finish(lease), 'lost');
    await tryToFinish(await writing(t, 'once'), lease);
    assert.deepEqual(await written(t), ['once']);
    await t.expectIdle();
  },

  'commits once of many that finish an event at once': async (t) => {
    await t.record('c1', 'ringing');
    const { lease } = await t.takeOne();
    const both = await Promise.all([writing(t, 'written'), writing(t, 'written')]);
    const outcomes = await Promise.all(both.map((transaction) => tryToFinish(transaction, lease)));
    assert.ok(outcomes.includes('done'));
    assert.deepEqual(await written(t), ['written']);
  },

  'commits nothing after a statement that failed': async (t) => {
    await t.record('c1', 'ringing');
    const { lease } = await t.takeOne();
    const transaction = await writing(t, 'before');
    await assert.rejects(transaction.query('this is no statement'));
    assert.notEqual(await tryToFinish(transaction, lease), 'done');
    await transaction.rollback();
    assert.deepEqual(await written(t), []);
    assert.equal(await (await writing(t, 'after')).finish(lease), 'done');
    assert.deepEqual(await written(t), ['after']);
  },

  'finishes and undoes though nothing was written': async (t) => {
    await t.record('c1', 'ringing');
    const { lease } = await t.takeOne();
    await t.transaction().rollback();
    assert.equal(await t.transaction().finish(lease), 'done');
    await t.expectIdle();
  },

  'keeps transactions of several events apart, while others are recorded and finished': async (t) => {
    for (const callId of ['c1', 'c2', 'c3']) await t.record(callId, 'ringing');
    const { jobs } = await t.take();
    const all = await Promise.all(jobs.map(({ event }) => writing(t, event.callId)));
    await t.record('c4', 'ringing');
    await t.finishOne();
    const [first, ...rest] = all;
    await first?.rollback();
    const leases = jobs.slice(1).map(({ lease }) => lease);
    const outcomes = await Promise.all(rest.map((transaction, at) => transaction.finish(leases[at] as Lease)));
    assert.deepEqual(outcomes, ['done', 'done']);
    assert.deepEqual(
      await written(t),
      jobs
        .slice(1)
        .map(({ event }) => event.callId)
        .sort(),
    );
    assertMatches(await t.inbox.counts(), { waiting: 0, running: 1 });
  },

  'tells its listeners of the next event of a call': async (t) => {
    await t.record('c1', 'ringing', 'completed');
    const { lease } = await t.takeOne();
    let heard = 0;
    t.inbox.onJobs(() => heard++);
    await (await writing(t, 'one')).finish(lease);
    await eventually(() => assert.ok(heard > 0));
    assert.equal((await t.takeOne()).event.status, 'completed');
  },
};
