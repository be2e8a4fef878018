import assert from 'node:assert/strict';
import { type Bench, LEASE_MS, type Tests } from '../bench/bench.ts';

/** How many jobs there are, by what they wait for. */
const jobsOf = async (t: Bench) => {
  const { due, lagMs, retrying, blocked, running, dead } = await t.inbox.health();
  return { due, lagMs, retrying, blocked, running, dead };
};

const NOTHING = { due: 0, lagMs: 0, retrying: 0, blocked: 0, running: 0, dead: 0 };

export const HEALTH: Tests = {
  'says what waits, for what, and for how long': async (t) => {
    assert.deepEqual(await jobsOf(t), NOTHING);
    await t.record('c1', 'queued', 'ringing', 'completed');
    t.clock.advance(1000);
    await t.record('c2', 'ringing');
    t.clock.advance(500);
    assert.deepEqual(await jobsOf(t), { ...NOTHING, due: 2, lagMs: 1500, blocked: 2 });
    const first = await t.takeOne();
    assert.deepEqual(await jobsOf(t), { ...NOTHING, due: 1, lagMs: 500, blocked: 2, running: 1 });
    await t.inbox.fail(first.lease, { retryInMs: 5000, error: 'boom', doneHandlers: [] });
    assert.deepEqual(await jobsOf(t), { ...NOTHING, due: 1, lagMs: 500, blocked: 2, retrying: 1 });
    await t.moveToDeadLetters();
    assert.deepEqual(await jobsOf(t), { ...NOTHING, blocked: 2, retrying: 1, dead: 1 });
  },

  'counts the wait of a retry from its time': async (t) => {
    await t.record('c1', 'ringing');
    await t.inbox.fail((await t.takeOne()).lease, { retryInMs: 5000, error: 'boom', doneHandlers: [] });
    t.clock.advance(4999);
    assert.deepEqual(await jobsOf(t), { ...NOTHING, retrying: 1 });
    t.clock.advance(301);
    assert.deepEqual(await jobsOf(t), { ...NOTHING, due: 1, lagMs: 300 });
  },

  'counts a suspect as due from the end of its lease, or of its pause': async (t) => {
    await t.record('c1', 'ringing');
    await t.takeOne();
    t.clock.advance(LEASE_MS + 200);
    assert.deepEqual(await jobsOf(t), { ...NOTHING, due: 1, lagMs: 200 });
    await t.inbox.begin((await t.takeSuspect()).lease, { retryInMs: 5000 });
    assert.deepEqual(await jobsOf(t), { ...NOTHING, running: 1 });
    t.clock.advance(LEASE_MS + 100);
    assert.deepEqual(await jobsOf(t), { ...NOTHING, retrying: 1 });
    t.clock.advance(5000);
    assert.deepEqual(await jobsOf(t), { ...NOTHING, due: 1, lagMs: 100 });
  },

  'agrees with the counts, whatever happens': async (t) => {
    const agree = async () => {
      const { due, retrying, blocked, running, dead } = await t.inbox.health();
      const counts = await t.inbox.counts();
      assert.deepEqual(
        { unfinished: due + retrying + blocked + running, running, dead },
        {
          unfinished: counts.waiting + counts.running,
          running: counts.running,
          dead: counts.dead,
        },
      );
    };
    for (const callId of ['c1', 'c2', 'c3', 'c4', 'c5', 'c6']) await t.record(callId, 'queued', 'ringing', 'completed');
    const { jobs } = await t.take();
    const failure = { error: 'boom', doneHandlers: [] };
    const steps = [
      () => t.inbox.finish(jobs[0]?.lease as never),
      () => t.inbox.fail(jobs[1]?.lease as never, failure),
      () => t.inbox.fail(jobs[2]?.lease as never, { ...failure, retryInMs: 1000 }),
      () => t.inbox.release(jobs[3]?.lease as never),
      () => t.inbox.deadLetters.replayAll(),
      () => t.inbox.forgetCall('acme', jobs[4]?.event.callId as string),
      () => t.inbox.endCall('acme', 'c6', { status: 'failed' }),
      async () => t.clock.advance(LEASE_MS + 1),
      () => t.take(2),
      () => t.takeSuspect(),
    ];
    await agree();
    for (const step of steps) {
      await step();
      await agree();
    }
  },

  'is nothing again once everything is done': async (t) => {
    for (const callId of ['c1', 'c2']) await t.record(callId, 'ringing', 'completed');
    for (let event = 0; event < 4; event++) await t.finishOne();
    assert.deepEqual(await jobsOf(t), NOTHING);
  },
};
