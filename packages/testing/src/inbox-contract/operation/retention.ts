import assert from 'node:assert/strict';
import type { Tests } from '../bench/bench.ts';
import { expectCalls } from '../bench/expect-calls.ts';

const DAY_MS = 86_400_000;

export const RETENTION: Tests = {
  'keeps an ended call for its time after its last event, and a live one seven times as long': async (t) => {
    const { retentionMs, elapse } = t.retention;
    // Their removal shows that the others were examined.
    await t.record('ended before', 'completed');
    await t.record('live before', 'ringing');
    await t.finishAll();
    elapse(2000);
    await t.record('ended', 'completed');
    await t.record('live', 'ringing');
    await t.finishAll();
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
    await t.finishAll();
    await t.record('waiting', 'completed');
    elapse(10 * retentionMs);
    await expectCalls(t, ['dead', 'waiting']);
    await t.finishAll();
    await t.inbox.deadLetters.discard(event.id);
    await expectCalls(t, []);
  },

  'counts the time from the last event, and of a call that was ended from its last event as well': async (t) => {
    const { retentionMs, elapse } = t.retention;
    await t.record('touched', 'completed');
    await t.record('stopped', 'ringing');
    await t.finishAll();
    await t.inbox.endCall('acme', 'stopped', { status: 'failed' });
    elapse(retentionMs / 2);
    await t.inbox.record(t.event('touched', 'completed', { id: 'a recording' }));
    await t.finishAll();
    elapse(retentionMs / 2 + 1000);
    await expectCalls(t, ['touched']);
  },
};

export const DURABLE_RETENTION: Tests = {
  'knows the events of a removed call for seven days after its last event': async (t) => {
    const { retentionMs, elapse } = t.retention;
    const events = ['ringing', 'completed'].map((status) => t.event('ended', status as 'ringing'));
    for (const event of events) await t.inbox.record(event);
    await t.finishAll();
    await t.finishAll();
    elapse(retentionMs + 1000);
    await expectCalls(t, []);
    for (const event of events) assert.deepEqual(await t.inbox.record(event), { transition: 'duplicate', done: true });
    elapse(7 * DAY_MS - retentionMs - 2000);
    await t.reopen();
    for (const event of events) assert.deepEqual(await t.inbox.record(event), { transition: 'duplicate', done: true });
    await expectCalls(t, []);
  },
};
