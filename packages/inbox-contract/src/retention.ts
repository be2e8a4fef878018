import { expect, vi } from 'vitest';
import type { Bench } from './bench.ts';
import type { Tests } from './contract-test.ts';

let others = 0;

/** An inbox may remove little at a time, and only when something is recorded. */
async function expectCalls(t: Bench, callIds: readonly string[]): Promise<void> {
  await vi.waitFor(async () => {
    await t.record(`other${++others}`, 'ringing');
    const { rows } = await t.inbox.calls({ limit: 1000 });
    const found = rows.map(({ callId }) => callId).filter((callId) => !callId.startsWith('other'));
    expect(found.sort()).toEqual([...callIds].sort());
  });
}

async function finishAll(t: Bench): Promise<void> {
  const { work } = await t.take();
  for (const { lease } of work) await t.inbox.finish(lease);
}

export const RETENTION: Tests = {
  'keeps an ended call for its time after its last event, and a live one seven times as long': async (t) => {
    const { retainForMs, elapse } = t.retention;
    await t.record('ended', 'completed');
    await t.record('live', 'ringing');
    await finishAll(t);
    elapse(retainForMs - 1000);
    await expectCalls(t, ['ended', 'live']);
    elapse(2000);
    await expectCalls(t, ['live']);
    elapse(6 * retainForMs - 2000);
    await expectCalls(t, ['live']);
    elapse(2000);
    await expectCalls(t, []);
  },

  'keeps a call with unfinished work or a dead letter, however old it is': async (t) => {
    const { retainForMs, elapse } = t.retention;
    await t.record('dead', 'completed');
    const { event } = await t.bury();
    await t.record('waiting', 'completed');
    elapse(10 * retainForMs);
    await expectCalls(t, ['dead', 'waiting']);
    await finishAll(t);
    await t.inbox.deadLetters.discard(event.id);
    await expectCalls(t, []);
  },

  'counts the time from the last event, and of a call that was ended from its last event as well': async (t) => {
    const { retainForMs, elapse } = t.retention;
    await t.record('touched', 'completed');
    await t.record('stopped', 'ringing');
    await finishAll(t);
    await t.inbox.endCall('acme', 'stopped', { status: 'failed' });
    elapse(retainForMs / 2);
    await t.inbox.record(t.event('touched', 'completed', { id: 'a recording' }));
    await finishAll(t);
    elapse(retainForMs / 2 + 1000);
    await expectCalls(t, ['touched']);
  },
};
