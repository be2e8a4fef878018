import assert from 'node:assert/strict';
import type { Tests } from '../bench/bench.ts';
import { due, expected, LEAD_MS, NO_PROGRESS, silent, watchOf } from './watched.ts';

export const LEADING: Tests = {
  'has one leader at a time': async (t) => {
    const watches = t.inbox.watches;
    assert.equal(await watches.lead('a', LEAD_MS), true);
    assert.equal(await watches.lead('b', LEAD_MS), false);
    t.clock.advance(LEAD_MS - 1);
    assert.equal(await watches.lead('b', LEAD_MS), false);
    assert.equal(await watches.lead('a', LEAD_MS), true);
    t.clock.advance(LEAD_MS - 1);
    assert.equal(await watches.lead('b', LEAD_MS), false);
    t.clock.advance(2);
    assert.equal(await watches.lead('b', LEAD_MS), true);
    assert.equal(await watches.lead('a', LEAD_MS), false);
  },

  'takes a leader back whose time has ended, if no other leads': async (t) => {
    const watches = t.inbox.watches;
    assert.equal(await watches.lead('a', LEAD_MS), true);
    t.clock.advance(5 * LEAD_MS);
    assert.equal(await watches.lead('a', LEAD_MS), true);
    assert.equal(await watches.lead('b', LEAD_MS), false);
  },

  'lets only the leader resign': async (t) => {
    const watches = t.inbox.watches;
    assert.equal(await watches.lead('a', 0), false);
    assert.equal(await watches.lead('a', LEAD_MS), true);
    assert.equal(await watches.lead('b', 0), false);
    assert.equal(await watches.lead('b', LEAD_MS), false);
    assert.equal(await watches.lead('a', 0), false);
    assert.equal(await watches.lead('b', LEAD_MS), true);
    assert.equal(await watches.lead('a', 0), false);
    assert.equal(await watches.lead('a', LEAD_MS), false);
  },

  'knows no watch with a key that a store may not keep': async (t) => {
    const key = { provider: 'acme', callId: 'c\0', revision: 1 };
    assert.equal(await t.inbox.watches.remove(key), false);
    assert.equal(await t.inbox.watches.update(key, { dueInMs: 0, progress: NO_PROGRESS }), false);
  },

  'leads for as long as the last request says': async (t) => {
    const watches = t.inbox.watches;
    await watches.lead('a', LEAD_MS);
    assert.equal(await watches.lead('a', 1000), true);
    t.clock.advance(1001);
    assert.equal(await watches.lead('b', LEAD_MS), true);
  },
};

export const WATCHES_OF_TWO: Tests = {
  'makes one of two the leader, and the other when its time has ended': async (t) => {
    const other = (await t.second()).watches;
    const own = t.inbox.watches;
    for (let round = 0; round < 10; round++) {
      const both = await Promise.all([own.lead('a', LEAD_MS), other.lead('b', LEAD_MS)]);
      assert.equal(both.filter(Boolean).length, 1);
      t.clock.advance(LEAD_MS + 1);
    }
    assert.equal(await own.lead('a', LEAD_MS), true);
    t.clock.advance(LEAD_MS - 1);
    assert.equal(await other.lead('b', LEAD_MS), false);
    t.clock.advance(2);
    assert.equal(await other.lead('b', LEAD_MS), true);
    assert.equal(await own.lead('a', LEAD_MS), false);
    await other.lead('b', 0);
    assert.equal(await own.lead('a', LEAD_MS), true);
  },

  'keeps its leader, though a request of the other has a slightly older time': async (t) => {
    const other = (await t.second({ clock: () => t.clock.now() - 1000 })).watches;
    assert.equal(await t.inbox.watches.lead('a', LEAD_MS), true);
    assert.equal(await other.lead('b', LEAD_MS), false);
    assert.equal(await t.inbox.watches.lead('a', LEAD_MS), true);
  },

  'adds a call once, though both add it at once': async (t) => {
    const other = (await t.second()).watches;
    const own = t.inbox.watches;
    const ids = Array.from({ length: 40 }, (_, at) => `c${at}`);
    const halves = [ids.slice(0, 30), ids.slice(10).reverse()];
    const added = await Promise.all(
      halves.flatMap((half, at) => [
        (at === 0 ? own : other).add(half.map((id) => expected(id))),
        ...half.map((id) => (at === 0 ? own : other).add([silent(id)])),
      ]),
    );
    assert.equal(
      added.reduce((sum, count) => sum + count, 0),
      ids.length,
    );
    assert.deepEqual((await due(t.inbox)).sort(), ids.sort());
  },

  'lets one of two change a watch': async (t) => {
    const other = (await t.second()).watches;
    const own = t.inbox.watches;
    for (let round = 0; round < 10; round++) {
      const callId = `c${round}`;
      await own.add([silent(callId)]);
      const read = await watchOf(t.inbox, callId);
      const change = (asked: number) => ({ dueInMs: 0, progress: { ...NO_PROGRESS, asked } });
      const changed = await Promise.all([
        own.update(read, change(1)),
        other.update(read, change(2)),
        ...(round % 2 === 0 ? [own.remove(read), other.remove(read)] : []),
      ]);
      assert.equal(changed.filter(Boolean).length, 1);
    }
  },

  'shows both the same': async (t) => {
    const other = await t.second();
    await t.inbox.watches.add([expected('c1'), silent('c2')]);
    assert.deepEqual(await due(other), ['c1', 'c2']);
    const read = await watchOf(other, 'c1');
    assert.equal(await other.watches.add([silent('c1')]), 0);
    assert.equal(await other.watches.update(read, { dueInMs: 5000, progress: NO_PROGRESS }), true);
    assert.equal(await t.inbox.watches.update(read, { dueInMs: 0, progress: NO_PROGRESS }), false);
    await other.record(t.event('c1', 'ringing'));
    const watch = await watchOf(t.inbox, 'c1');
    assert.equal(watch.call?.status, 'ringing');
    assert.deepEqual(await watchOf(other, 'c1'), watch);
    assert.equal(await other.forgetCall('acme', 'c2'), true);
    assert.deepEqual(await t.inbox.watches.due({ limit: 10 }), { rows: [], nextInMs: 5000 });
  },
};

/** Two hosts whose clocks differ, at a store that has a clock of its own. */
export const WATCHES_BY_THE_STORE_CLOCK: Tests = {
  'leads and waits by the clock of the store': async (t) => {
    for (const [at, skewMs] of [-600_000, 600_000].entries()) {
      const other = await t.second({ clock: () => t.clock.now() + skewMs });
      assert.equal(await t.inbox.watches.lead(`a${at}`, LEAD_MS), true);
      assert.equal(await other.watches.lead(`b${at}`, LEAD_MS), false);
      t.clock.advance(LEAD_MS + 1);
      assert.equal(await other.watches.lead(`b${at}`, LEAD_MS), true);
      assert.equal(await t.inbox.watches.lead(`a${at}`, LEAD_MS), false);
      t.clock.advance(LEAD_MS + 1);
      const callId = `c${at}`;
      await other.watches.add([expected(callId, 5000)]);
      assert.deepEqual(await t.inbox.watches.due({ limit: 10 }), { rows: [], nextInMs: 5000 });
      t.clock.advance(5000);
      assert.deepEqual([await due(t.inbox), await due(other)], [[callId], [callId]]);
      await t.inbox.watches.remove(await watchOf(t.inbox, callId));
    }
  },
};
