import assert from 'node:assert/strict';
import type { Inbox } from '@call-status/core';
import { eventually } from '../real-time.ts';
import type { Bench, Tests } from './bench.ts';

const DAY_MS = 86_400_000;

let others = 0;

/** An inbox may remove only a few calls at a time, only when something is recorded, and only where a worker runs. */
async function expectCalls(t: Bench, callIds: readonly string[], inbox: Inbox = t.inbox): Promise<void> {
  const stop = t.inbox.onJobs(() => {});
  const expectThem = async (): Promise<void> => {
    await t.record(`other${++others}`, 'ringing');
    const { rows } = await inbox.listCalls({ limit: 1000 });
    const found = rows.map(({ callId }) => callId).filter((callId) => !callId.startsWith('other'));
    assert.deepEqual(found.sort(), [...callIds].sort());
  };
  await eventually(expectThem).finally(stop);
}

async function finishAll(t: Bench): Promise<void> {
  const { jobs } = await t.take();
  for (const { lease } of jobs) await t.inbox.finish(lease);
}

export const RETENTION: Tests = {
  'keeps an ended call for its time after its last event, and a live one seven times as long': async (t) => {
    const { retentionMs, elapse } = t.retention;
    // Their removal shows that the others were examined.
    await t.record('ended before', 'completed');
    await t.record('live before', 'ringing');
    await finishAll(t);
    elapse(2000);
    await t.record('ended', 'completed');
    await t.record('live', 'ringing');
    await finishAll(t);
    elapse(retentionMs - 1000);
    await expectCalls(t, ['ended', 'live', 'live before']);
    elapse(2000);
    await expectCalls(t, ['live', 'live before']);
    elapse(6 * retentionMs - 2000);
    await expectCalls(t, ['live']);
    elapse(2000);
    await expectCalls(t, []);
  },

  'keeps a call with an unfinished job or a dead letter, however old it is': async (t) => {
    const { retentionMs, elapse } = t.retention;
    await t.record('dead', 'completed');
    const { event } = await t.moveToDeadLetters();
    await t.record('handled', 'completed');
    await finishAll(t);
    await t.record('waiting', 'completed');
    elapse(10 * retentionMs);
    await expectCalls(t, ['dead', 'waiting']);
    await finishAll(t);
    await t.inbox.deadLetters.discard(event.id);
    await expectCalls(t, []);
  },

  'counts the time from the last event, and of a call that was ended from its last event as well': async (t) => {
    const { retentionMs, elapse } = t.retention;
    await t.record('touched', 'completed');
    await t.record('stopped', 'ringing');
    await finishAll(t);
    await t.inbox.endCall('acme', 'stopped', { status: 'failed' });
    elapse(retentionMs / 2);
    await t.inbox.record(t.event('touched', 'completed', { id: 'a recording' }));
    await finishAll(t);
    elapse(retentionMs / 2 + 1000);
    await expectCalls(t, ['touched']);
  },
};

export const RETENTION_OF_MANY: Tests = {
  'removes what is old once, whichever of many does it, and all see the same': async (t) => {
    const { retentionMs, elapse } = t.retention;
    const many = [t.inbox, await t.second(), await t.second()];
    const stops = many.map((inbox) => inbox.onJobs(() => {}));
    await t.record('ended', 'completed');
    await t.record('live', 'ringing');
    await finishAll(t);
    elapse(retentionMs + 1000);
    for (const inbox of many) await expectCalls(t, ['live'], inbox);
    const counts = await Promise.all(many.map((inbox) => inbox.counts()));
    assert.deepEqual(
      counts.map(({ ended }) => ended),
      [0, 0, 0],
    );
    assert.equal(new Set(counts.map(({ live }) => live)).size, 1);
    for (const stop of stops) stop();
  },

  'removes nothing where a script opens the store and reads': async (t) => {
    const { retentionMs, elapse } = t.retention;
    await t.record('ended', 'completed');
    await finishAll(t);
    elapse(retentionMs - 1000);
    const script = await t.second();
    await script.listCalls();
    await script.deadLetters.list();
    await script.close();
    await expectCalls(t, ['ended']);
  },
};

export const DURABLE_RETENTION: Tests = {
  'knows the events of a removed call for seven days after its last event': async (t) => {
    const { retentionMs, elapse } = t.retention;
    const events = ['ringing', 'completed'].map((status) => t.event('ended', status as 'ringing'));
    for (const event of events) await t.inbox.record(event);
    await finishAll(t);
    await finishAll(t);
    elapse(retentionMs + 1000);
    await expectCalls(t, []);
    for (const event of events) assert.deepEqual(await t.inbox.record(event), { transition: 'duplicate', done: true });
    elapse(7 * DAY_MS - retentionMs - 2000);
    await t.reopen();
    for (const event of events) assert.deepEqual(await t.inbox.record(event), { transition: 'duplicate', done: true });
    await expectCalls(t, []);
  },
};
