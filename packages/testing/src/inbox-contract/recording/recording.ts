import assert from 'node:assert/strict';
import type { CallStatus } from '@call-status/core';
import type { NewEvent } from '@call-status/core/inbox';
import { assertRejects } from '../../assertions.ts';
import type { Tests } from '../bench/bench.ts';
import { expectedTransitions } from '../bench/expected-transitions.ts';

export const RECORDING: Tests = {
  'says what the event did to its call': async (t) => {
    assert.deepEqual(await t.inbox.record(t.event('c1', 'ringing')), { transition: 'advance', done: false });
    assert.deepEqual(await t.inbox.record(t.event('c1', 'queued')), { transition: 'late', done: false });
    assert.deepEqual(await t.inbox.record(t.event('c1', 'busy')), { transition: 'advance', done: false });
    assert.deepEqual(await t.inbox.record(t.event('c1', 'completed')), { transition: 'conflict', done: false });
    assert.deepEqual(await t.inbox.record(t.event('c1', 'busy', { id: 'again' })), {
      transition: 'repeat',
      done: false,
    });
  },

  'decides the transitions right under every order': async (t) => {
    const statuses: readonly CallStatus[] = ['queued', 'in-progress', 'completed', 'busy', 'unknown'];
    for (const [at, order] of permutations(statuses).entries()) {
      const found = [];
      for (const status of order) found.push((await t.inbox.record(t.event(`c${at}`, status))).transition);
      assert.deepEqual(found, expectedTransitions(order), order.join());
      const call = await t.inbox.getCall('acme', `c${at}`);
      assert.equal(call?.status, order[expectedTransitions(order).lastIndexOf('advance')]);
    }
  },

  'gives the event back as it came, with its transition': async (t) => {
    const raw = { sid: 'CA1', nested: { list: ['a', { b: null }], empty: '' }, text: 'Grüße ☎ 😀\u0000\n' };
    const sent = {
      ...t.event('c1', 'in-progress', { raw }),
      from: '+12025550101',
      sequence: 3,
      legs: [{ status: 'completed' as const }],
    };
    await t.inbox.record(sent);
    const stored = { ...sent, transition: 'advance' };
    assert.deepEqual((await t.takeOne()).event, stored);
    assert.deepEqual((await t.inbox.getCall('acme', 'c1'))?.events, [stored]);
  },

  'takes any JSON value in any part, since providers of users tell what they like': async (t) => {
    const values = [1.5, 1e19, -1, true, '', 'x', { a: 1 }, [1], null];
    for (const [at, value] of values.entries()) {
      const parts = { sequence: value, durationSeconds: value, sip: { code: value }, quality: { mos: value } };
      const sent = { ...t.event(`c${at}`, 'ringing', { raw: value }), ...parts, custom: value } as NewEvent;
      assert.equal((await t.inbox.record(sent)).transition, 'advance');
      assert.deepEqual((await t.takeOne()).event, { ...sent, transition: 'advance' });
    }
  },

  'keeps calls of two providers apart, though their ids are the same': async (t) => {
    await t.inbox.record(t.event('same', 'completed', { provider: 'acme' }));
    const other = await t.inbox.record(t.event('same', 'ringing', { provider: 'zenith' }));
    assert.equal(other.transition, 'advance');
    assert.equal((await t.inbox.getCall('acme', 'same'))?.status, 'completed');
    assert.equal((await t.inbox.getCall('zenith', 'same'))?.status, 'ringing');
  },

  'records an event id once, and tells whether it is handled': async (t) => {
    await t.record('c1', 'ringing');
    const again = t.event('c1', 'ringing');
    assert.deepEqual(await t.inbox.record(again), { transition: 'duplicate', done: false });
    const job = await t.takeOne();
    assert.deepEqual(await t.inbox.record(again), { transition: 'duplicate', done: false });
    await t.inbox.finish(job.lease);
    assert.deepEqual(await t.inbox.record(again), { transition: 'duplicate', done: true });
    await t.expectIdle();
    assert.equal((await t.inbox.getCall('acme', 'c1'))?.events.length, 1);
  },

  'records one of fifty that come at once': async (t) => {
    const found = await Promise.all(Array.from({ length: 50 }, () => t.inbox.record(t.event('c1', 'ringing'))));
    assert.deepEqual(
      found.filter(({ transition }) => transition !== 'duplicate'),
      [{ transition: 'advance', done: false }],
    );
    assert.equal((await t.take()).jobs.length, 1);
  },

  'decides transitions in the order of the jobs when different events come at once': async (t) => {
    const statuses: readonly CallStatus[] = ['completed', 'ringing', 'busy', 'in-progress', 'queued'];
    await Promise.all(statuses.map((status) => t.inbox.record(t.event('c1', status))));
    const order = [];
    for (const _ of statuses) order.push((await t.finishOne()).event);
    assert.deepEqual(
      order.map(({ transition }) => transition),
      expectedTransitions(order.map(({ status }) => status)),
    );
  },

  'rejects after it was closed, and closes twice': async (t) => {
    await t.record('c1', 'ringing');
    await t.inbox.close();
    await assertRejects(t.inbox.record(t.event('c2', 'ringing')), { code: 'closed' });
    await t.inbox.close();
  },

  'closes while it works: what was begun is done, and what comes later is refused': async (t) => {
    await t.record('c1', 'ringing');
    const { lease } = await t.takeOne();
    const begun = Promise.all([t.inbox.record(t.event('c2', 'ringing')), t.inbox.finish(lease)]);
    const closing = t.inbox.close();
    const late = t.inbox.record(t.event('c3', 'ringing'));
    await assertRejects(late, { code: 'closed' });
    assert.deepEqual(await begun, [{ transition: 'advance', done: false }, 'done']);
    await closing;
  },
};

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) =>
    permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]),
  );
}
