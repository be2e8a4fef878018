import assert from 'node:assert/strict';
import { eventually } from '../../real-time.ts';
import type { Bench, Tests } from '../bench/bench.ts';
import { expectCalls } from '../bench/expect-calls.ts';
import { expected, LEAD_MS, listed, NO_PROGRESS, silent, watchOf } from './watched.ts';

let others = 0;

/** Expects these watches. An inbox may remove only a few at a time, only when it is used, and only where a worker runs. */
async function expectWatches(t: Bench, callIds: readonly string[]): Promise<void> {
  const stop = t.inbox.onJobs(() => {});
  const expectThem = async (): Promise<void> => {
    await t.inbox.watches.add([silent(`other${++others}`, 8_640_000_000)]);
    const found = (await listed(t.inbox, { limit: 1000 })).filter((callId) => !callId.startsWith('other'));
    assert.deepEqual(found.sort(), [...callIds].sort());
  };
  await eventually(expectThem).finally(stop);
}

export const WATCHES_AFTER_A_RESTART: Tests = {
  'keeps watches, their times and the leader over a restart': async (t) => {
    await t.inbox.watches.add([expected('c1', 5000, { expected: { custom: 'x' } }), silent('c2', 1000)]);
    await t.inbox.watches.update(await watchOf(t.inbox, 'c2'), {
      dueInMs: 3000,
      progress: { ...NO_PROGRESS, asked: 2, told: ['stuck'] },
    });
    await t.inbox.watches.lead('a', LEAD_MS);
    const before = await t.inbox.watches.list();
    await t.reopen();
    const watches = t.inbox.watches;
    assert.deepEqual(await watches.list(), before);
    assert.deepEqual(await watches.due({ limit: 10 }), { rows: [], nextInMs: 3000 });
    assert.equal(await watches.lead('b', LEAD_MS), false);
    t.clock.advance(LEAD_MS + 1);
    assert.equal(await watches.lead('b', LEAD_MS), true);
    assert.deepEqual(
      (await watches.due({ limit: 10 })).rows.map(({ callId }) => callId),
      ['c2', 'c1'],
    );
  },
};

export const WATCHES_AND_RETENTION: Tests = {
  'removes a watch with its call, and without a call after seven times the retention': async (t) => {
    const { retentionMs, elapse } = t.retention;
    await t.record('before', 'completed');
    await t.finishAll();
    await t.inbox.watches.add([expected('expected before')]);
    elapse(2000);
    await t.record('ended', 'completed');
    await t.record('live', 'ringing');
    await t.finishAll();
    const ofCalls = [silent('before'), silent('ended'), silent('live'), silent('live', 0, { tenant: 'a' })];
    assert.equal(await t.inbox.watches.add([expected('expected'), ...ofCalls]), 5);
    elapse(retentionMs - 1000);
    await expectCalls(t, ['ended', 'live']);
    await expectWatches(t, ['ended', 'expected', 'expected before', 'live', 'live']);
    elapse(2000);
    await expectCalls(t, ['live']);
    await expectWatches(t, ['expected', 'expected before', 'live', 'live']);
    elapse(6 * retentionMs - 2000);
    await expectWatches(t, ['expected', 'live', 'live']);
    await expectCalls(t, ['live']);
    elapse(2000);
    await expectCalls(t, []);
    await expectWatches(t, []);
  },

  'keeps the watch of a call that is kept': async (t) => {
    const { retentionMs, elapse } = t.retention;
    const dead = Array.from({ length: 20 }, (_, at) => `dead ${10 + at}`);
    await t.inbox.watches.add([...dead, 'gone'].map((callId) => expected(callId)));
    for (const callId of dead) {
      await t.record(callId, 'ringing');
      await t.moveToDeadLetters();
    }
    elapse(10 * retentionMs);
    await expectWatches(t, dead);
  },
};
