import assert from 'node:assert/strict';
import type { WatchKey, WatchProgress } from '@call-status/core/inbox';
import { assertMatches } from '../../assertions.ts';
import type { Tests } from '../bench/bench.ts';
import { timesFrom } from '../bench/times-from.ts';
import { due, expected, listed, NO_PROGRESS, silent, watchOf } from './watched.ts';

const FOUND: WatchProgress = {
  asked: 3,
  told: ['never_reported'],
  failed: { reason: 'not_ended', error: 'nul\0 \ud800 ☎' },
  failures: 2,
  aliveAt: '2026-01-01T00:00:00.000Z',
  unsettled: 1,
  request: { at: '2026-01-01T00:00:00.000Z', checkAt: '2026-01-02T00:00:00.000Z', result: 'failed', httpStatus: 503 },
};

export const WATCHING: Tests = {
  'keeps what it is given': async (t) => {
    const watches = t.inbox.watches;
    const at = timesFrom(t.clock.now());
    assert.deepEqual(await watches.list(), { rows: [] });
    assert.deepEqual(await watches.due({ limit: 10 }), { rows: [] });
    const details = { from: '+15550100001', to: 'sip:a@example.com', custom: 'nul\0 \ud800 ☎ "%\'' };
    const given = [expected('c1', 60_000, { tenant: 'a', expected: details }), expected('c2', 1), silent('c3')];
    for (const watch of given) assert.equal(await watches.add([watch]), 1);
    const [first, second, third] = [await watchOf(t.inbox, 'c1', 'a'), await watchOf(t.inbox, 'c2')].concat(
      await watchOf(t.inbox, 'c3'),
    );
    const rest = { since: at(0), progress: NO_PROGRESS };
    const key = ({ revision }: { readonly revision: number }) => ({ provider: 'acme', revision, ...rest });
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    assert.deepEqual(first, { ...key(first), callId: 'c1', tenant: 'a', dueAt: at(60_000), expected: details });
    assert.deepEqual(second, { ...key(second), callId: 'c2', dueAt: at(1), expected: {} });
    assert.deepEqual(third, { ...key(third), callId: 'c3', dueAt: at(0) });
    assert.deepEqual((await watches.list()).rows, [third, second, first]);
    assert.deepEqual((await watches.due({ limit: 10 })).rows, [third]);
    for (const other of [{ callId: 'c1' }, { callId: 'c1', tenant: 'b' }, { callId: 'c2', tenant: 'a' }]) {
      assert.equal(await watches.get({ provider: 'acme', ...other }), undefined);
    }
    assert.equal(await watches.get({ provider: 'zenith', callId: 'c3' }), undefined);
  },

  'adds a call once, and leaves one that is watched as it is': async (t) => {
    const watches = t.inbox.watches;
    assert.equal(await watches.add([]), 0);
    assert.equal(await watches.add([expected('c1', 5000), silent('c2', 5000)]), 2);
    const before = [await watchOf(t.inbox, 'c1'), await watchOf(t.inbox, 'c2')];
    t.clock.advance(1000);
    const again = [silent('c1', 1), expected('c2', 1, { expected: { custom: 'x' } })];
    assert.equal(await watches.add([...again, silent('c3'), silent('c3', 7000)]), 1);
    assert.deepEqual([await watchOf(t.inbox, 'c1'), await watchOf(t.inbox, 'c2')], before);
    assert.deepEqual(await due(t.inbox), ['c3']);
    const others = [{ provider: 'zenith' }, { tenant: 'a' }, { tenant: 'b' }];
    assert.equal(await watches.add(others.map((other) => silent('c1', 0, other))), 3);
    assert.equal((await listed(t.inbox)).length, 6);
  },

  'takes a watch of another inbox with what was found so far': async (t) => {
    const at = timesFrom(t.clock.now());
    const moved = { since: at(-60_000), progress: FOUND, expected: { to: '+15550100002' } };
    await t.inbox.watches.add([silent('c1', 5000, moved)]);
    const watch = await watchOf(t.inbox, 'c1');
    const key = { provider: 'acme', callId: 'c1', revision: watch.revision };
    assert.deepEqual(watch, { ...key, dueAt: at(5000), ...moved });
    assert.deepEqual(await listed(t.inbox, { state: 'failed' }), ['c1']);
  },

  'gives those that are due, the one that has waited longest first': async (t) => {
    const watches = t.inbox.watches;
    await watches.add([silent('c1', 3000), expected('c2', 1000), silent('c3', 2000), silent('c4', 2000)]);
    assert.deepEqual(await watches.due({ limit: 10 }), { rows: [], nextInMs: 1000 });
    t.clock.advance(999);
    assert.deepEqual(await watches.due({ limit: 10 }), { rows: [], nextInMs: 1 });
    t.clock.advance(1);
    assert.deepEqual(await due(t.inbox), ['c2']);
    t.clock.advance(1500);
    const some = await watches.due({ limit: 2 });
    assert.deepEqual([some.rows.map(({ callId }) => callId), some.nextInMs], [['c2', 'c3'], 0]);
    const all = await watches.due({ limit: 3 });
    assert.deepEqual([all.rows.map(({ callId }) => callId), all.nextInMs], [['c2', 'c3', 'c4'], 500]);
    t.clock.advance(60_000);
    const last = await watches.due({ limit: 10 });
    assert.deepEqual(
      last.rows.map(({ callId }) => callId),
      ['c2', 'c3', 'c4', 'c1'],
    );
    assert.ok(!('nextInMs' in last));
    // They stay due until they are changed.
    assert.deepEqual(await watches.due({ limit: 10 }), last);
  },

  'takes any time until a check, and at most a hundred years': async (t) => {
    const watches = t.inbox.watches;
    for (const [place, dueInMs] of [Number.NaN, Number.NEGATIVE_INFINITY, -5].entries()) {
      await watches.add([silent(`now${place}`, dueInMs)]);
    }
    const far = [Number.POSITIVE_INFINITY, 1e300];
    for (const [place, dueInMs] of far.entries()) await watches.add([silent(`far${place}`, dueInMs)]);
    assert.deepEqual(await due(t.inbox), ['now0', 'now1', 'now2']);
    const limit = timesFrom(t.clock.now())(36_525 * 86_400_000);
    for (const place of far.keys()) assert.equal((await watchOf(t.inbox, `far${place}`)).dueAt, limit);
    const [now0, far0] = [await watchOf(t.inbox, 'now0'), await watchOf(t.inbox, 'far0')];
    assert.equal(await watches.update(now0, { dueInMs: Number.POSITIVE_INFINITY, progress: NO_PROGRESS }), true);
    assert.equal(await watches.update(far0, { dueInMs: Number.NaN, progress: NO_PROGRESS }), true);
    assert.deepEqual((await due(t.inbox)).toSorted(), ['far0', 'now1', 'now2']);
    assert.equal((await listed(t.inbox)).length, 5);
  },

  'stores what a check found': async (t) => {
    const watches = t.inbox.watches;
    await watches.add([expected('c1', 0, { expected: { custom: 'x' } }), silent('c2', 3000)]);
    const before = await watchOf(t.inbox, 'c1');
    t.clock.advance(1000);
    const at = timesFrom(t.clock.now());
    const told = [...FOUND.told];
    assert.equal(await watches.update(before, { dueInMs: 5000, progress: { ...FOUND, told } }), true);
    told.push('stuck');
    const after = await watchOf(t.inbox, 'c1');
    assert.deepEqual(after, { ...before, revision: after.revision, dueAt: at(5000), progress: FOUND });
    assert.ok(after.revision > before.revision);
    assert.deepEqual(await watches.due({ limit: 10 }), { rows: [], nextInMs: 2000 });
    assert.equal(await watches.update(after, { dueInMs: 0, progress: NO_PROGRESS }), true);
    assert.deepEqual(await due(t.inbox), ['c1']);
    assert.deepEqual((await watchOf(t.inbox, 'c1')).progress, NO_PROGRESS);
  },

  'changes no watch that has changed since it was read, or is gone': async (t) => {
    const watches = t.inbox.watches;
    await watches.add([silent('c1')]);
    const old = await watchOf(t.inbox, 'c1');
    const found = { dueInMs: 5000, progress: FOUND };
    assert.equal(await watches.update(old, found), true);
    const changed = await watchOf(t.inbox, 'c1');
    assert.equal(await watches.update(old, { dueInMs: 0, progress: NO_PROGRESS }), false);
    assert.equal(await watches.remove(old), false);
    assert.deepEqual(await watchOf(t.inbox, 'c1'), changed);
    for (const other of [{ tenant: 'a' }, { provider: 'zenith' }, { callId: 'c2' }]) {
      assert.equal(await watches.update({ ...changed, ...other }, found), false);
      assert.equal(await watches.remove({ ...changed, ...other }), false);
    }
    assert.equal(await watches.remove(changed), true);
    assert.equal(await watches.remove(changed), false);
    assert.equal(await watches.update(changed, found), false);
    assert.deepEqual(await listed(t.inbox), []);
    assert.deepEqual(await watches.due({ limit: 10 }), { rows: [] });
  },

  'begins anew with a call that is watched again': async (t) => {
    const watches = t.inbox.watches;
    const keys: WatchKey[] = [];
    for (let round = 0; round < 3; round++) {
      await watches.add([silent('c1')]);
      const added = await watchOf(t.inbox, 'c1');
      assert.deepEqual(added.progress, NO_PROGRESS);
      await watches.update(added, { dueInMs: 0, progress: FOUND });
      const changed = await watchOf(t.inbox, 'c1');
      for (const key of keys) assert.equal(await watches.remove(key), false);
      keys.push(added, changed);
      if (round < 2) assert.equal(await watches.remove(changed), true);
    }
    assert.equal((await watchOf(t.inbox, 'c1')).progress.asked, FOUND.asked);
  },

  'keeps ids apart, whatever characters they have': async (t) => {
    const watches = t.inbox.watches;
    for (const callId of [
      'nul\0nul',
      'nul',
      '\ud800',
      '\ud801',
      '\ufffd',
      "'; DROP TABLE watches; --",
      '☎😀',
      '%',
      '["a',
    ]) {
      // An inbox may reject an id that its store cannot hold, but must not confuse it with another.
      const added = await watches.add([silent(callId)]).catch(() => undefined);
      const watch = await watches.get({ provider: 'acme', callId });
      if (added === undefined) assert.equal(watch, undefined);
      else assertMatches(watch, { callId, revision: watch?.revision });
      if (watch !== undefined) assert.equal(await watches.remove(watch), true, JSON.stringify(callId));
    }
    assert.deepEqual(await listed(t.inbox), []);
  },
};
