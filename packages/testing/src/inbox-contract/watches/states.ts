import assert from 'node:assert/strict';
import type { WatchProgress, WatchReason } from '@call-status/core/inbox';
import type { Bench, Tests } from '../bench/bench.ts';
import { timesFrom } from '../bench/times-from.ts';
import { due, expected, listed, NO_PROGRESS, silent, watchOf } from './watched.ts';

const told = (...reasons: readonly WatchReason[]): WatchProgress => ({ ...NO_PROGRESS, told: reasons });
const failed = (reason: WatchReason): WatchProgress => ({ ...NO_PROGRESS, failed: { reason, error: 'boom' } });

async function find(t: Bench, callId: string, progress: WatchProgress): Promise<void> {
  assert.equal(await t.inbox.watches.update(await watchOf(t.inbox, callId), { dueInMs: 0, progress }), true);
}

/** Calls of all kinds, the newest last. */
async function fill(t: Bench): Promise<void> {
  const ofExpected = ['awaited', 'missing', 'given up', 'unheard', 'late', 'begun', 'stuck'];
  const ofLive = ['told', 'untold', 'over', 'ended', 'gone'];
  for (const callId of ofExpected) await t.inbox.watches.add([expected(callId)]);
  for (const callId of ofLive) await t.inbox.watches.add([silent(callId)]);
  await t.inbox.watches.add([silent('zenith', 0, { provider: 'zenith' })]);
  await t.record('late', 'ringing');
  await t.record('begun', 'ringing', 'completed');
  for (const callId of ['stuck', 'told', 'untold', 'over', 'ended']) await t.record(callId, 'ringing');
  await t.inbox.record(t.event('zenith', 'ringing', { provider: 'zenith' }));
  await find(t, 'missing', told('never_reported'));
  await find(t, 'given up', told('never_reported', 'not_ended'));
  await find(t, 'unheard', failed('never_reported'));
  await find(t, 'late', told('never_reported'));
  await find(t, 'stuck', told('stuck'));
  await find(t, 'told', told('stuck', 'not_ended'));
  await find(t, 'untold', failed('not_ended'));
  await find(t, 'over', told('stuck'));
  await find(t, 'ended', failed('stuck'));
  await find(t, 'gone', told('stuck'));
  await t.record('over', 'completed');
  await t.inbox.endCall('acme', 'ended', { status: 'failed' });
}

export const WATCH_STATES: Tests = {
  'tells the state of a watched call': async (t) => {
    const start = t.clock.now();
    const at = timesFrom(start);
    await t.inbox.watches.add([expected('c1')]);
    const expectState = async (state: unknown): Promise<void> => {
      const watch = await watchOf(t.inbox, 'c1');
      assert.deepEqual(watch.call, state);
      assert.equal('call' in watch, state !== undefined);
      assert.deepEqual(await t.inbox.watches.due({ limit: 1 }), { rows: [watch] });
      assert.deepEqual(await t.inbox.watches.list(), { rows: [watch] });
    };
    await t.inbox.record(t.event('c1', 'ringing', { provider: 'zenith' }));
    await t.inbox.record({ ...t.event('c1', 'ringing', { id: 'other' }), tenant: 'a' });
    await expectState(undefined);
    t.clock.advance(1000);
    await t.record('c1', 'in-progress');
    await expectState({ status: 'in-progress', terminal: false, lastEventAt: at(1000) });
    t.clock.advance(1000);
    await t.record('c1', 'ringing');
    await expectState({ status: 'in-progress', terminal: false, lastEventAt: at(2000) });
    await t.inbox.endCall('acme', 'c1', { status: 'failed' });
    await expectState({ status: 'failed', terminal: true, lastEventAt: at(2000) });
  },

  'watches a call that has events already': async (t) => {
    await t.record('c1', 'ringing', 'completed');
    assert.equal(await t.inbox.watches.add([expected('c1')]), 1);
    const { call } = await watchOf(t.inbox, 'c1');
    assert.deepEqual([call?.status, call?.terminal], ['completed', true]);
    assert.deepEqual(await listed(t.inbox, { state: 'expected' }), []);
  },

  'lists the newest first, by provider and state': async (t) => {
    await fill(t);
    const all = 'zenith gone ended over untold told stuck begun late unheard,given up missing awaited';
    assert.deepEqual(await listed(t.inbox), all.split(/ (?!up)|,/));
    assert.deepEqual(await listed(t.inbox, { provider: 'zenith' }), ['zenith']);
    const states = {
      expected: ['unheard', 'given up', 'missing', 'awaited'],
      missing: ['unheard', 'given up', 'missing'],
      stuck: ['untold', 'told', 'stuck'],
      failed: ['ended', 'untold', 'unheard'],
    };
    for (const [name, callIds] of Object.entries(states)) {
      const state = name as keyof typeof states;
      for (const limit of [1, 2, 1000]) assert.deepEqual(await listed(t.inbox, { state, limit }), callIds, state);
      assert.deepEqual(await listed(t.inbox, { state, provider: 'acme', limit: 1 }), callIds, state);
      assert.deepEqual(await listed(t.inbox, { state, provider: 'zenith' }), []);
    }
  },

  'counts for health what the lists have': async (t) => {
    const watches = async () => (await t.inbox.health()).watches;
    assert.deepEqual(await watches(), { missing: 0, stuck: 0, failed: 0 });
    await fill(t);
    assert.deepEqual(await watches(), { missing: 3, stuck: 3, failed: 3 });
    await t.record('missing', 'ringing');
    await t.record('told', 'completed');
    await t.inbox.watches.remove(await watchOf(t.inbox, 'ended'));
    assert.deepEqual(await watches(), { missing: 2, stuck: 2, failed: 2 });
    await find(t, 'stuck', NO_PROGRESS);
    assert.deepEqual(await watches(), { missing: 2, stuck: 1, failed: 2 });
  },

  'pages through all of them while new ones come and others go': async (t) => {
    const ids = Array.from({ length: 9 }, (_, at) => `c${at}`);
    for (const id of ids) {
      await t.inbox.watches.add([silent(id)]);
      if (id !== 'c4') t.clock.advance(1);
    }
    const found: string[] = [];
    for (let cursor: string | undefined, page = 0; ; page++) {
      const { rows, next } = await t.inbox.watches.list({ limit: 2, ...(cursor !== undefined && { cursor }) });
      found.push(...rows.map(({ callId }) => callId));
      await t.inbox.watches.add([silent(`new${page}`)]);
      for (const row of rows) await t.inbox.watches.remove(row);
      if (next === undefined) break;
      cursor = next;
    }
    assert.deepEqual(found, ids.reverse());
  },

  'is forgotten with its call': async (t) => {
    const watches = t.inbox.watches;
    await watches.add([
      silent('c1'),
      silent('c1', 0, { tenant: 'a' }),
      expected('c2', 0, { expected: { from: '+15550100001' } }),
    ]);
    await t.record('c1', 'ringing');
    const old = await watchOf(t.inbox, 'c1');
    assert.equal(await t.inbox.forgetCall('acme', 'c1'), true);
    assert.equal(await watches.update(old, { dueInMs: 0, progress: NO_PROGRESS }), false);
    assert.equal(await watches.get({ provider: 'acme', callId: 'c1' }), undefined);
    assert.deepEqual(await due(t.inbox), ['c1', 'c2']);
    // A call that is only expected.
    assert.equal(await t.inbox.forgetCall('zenith', 'c2'), false);
    assert.equal(await t.inbox.forgetCall('acme', 'c2'), true);
    assert.equal(await t.inbox.forgetCall('acme', 'c2'), false);
    assert.deepEqual(await listed(t.inbox), ['c1']);
    assert.equal(await watches.add([silent('c2')]), 1);
    assert.ok(!('expected' in (await watchOf(t.inbox, 'c2'))));
  },
};
