import assert from 'node:assert/strict';
import type { Inbox } from '@call-status/core';
import type { NewEvent } from '@call-status/core/inbox';
import type { Bench, Tests } from '../bench/bench.ts';

/** Which of these an inbox says are handled, sorted. */
async function handled(inbox: Inbox, events: readonly NewEvent[]): Promise<string[]> {
  return [...(await inbox.handled(events))].sort();
}

/** Four events of two calls; the first of each has a job. */
async function recordFour(t: Bench): Promise<[NewEvent, NewEvent, NewEvent, NewEvent]> {
  const events = [
    t.event('c1', 'queued'),
    t.event('c1', 'completed'),
    t.event('c2', 'queued'),
    { ...t.event('c2', 'completed'), tenant: 'a tenant' },
  ] as const;
  for (const event of events) await t.inbox.record(event);
  return [...events];
}

export const HANDLED: Tests = {
  'knows what is handled or a dead letter, and nothing before': async (t) => {
    const events = await recordFour(t);
    assert.deepEqual(await handled(t.inbox, events), []);
    const { jobs } = await t.take();
    assert.deepEqual(await handled(t.inbox, events), []);
    for (const { lease, event } of jobs) {
      if (event.tenant !== undefined) await t.inbox.release(lease);
      else if (event.callId === 'c1') await t.inbox.finish(lease);
      else await t.inbox.fail(lease, { error: 'boom', doneHandlers: [] });
    }
    assert.deepEqual(await handled(t.inbox, events), [events[0].id, events[2].id]);
    await t.inbox.deadLetters.replay(events[2].id);
    assert.deepEqual(await handled(t.inbox, events), [events[0].id]);
    await t.finishAll();
    assert.deepEqual(await handled(t.inbox, events), events.map(({ id }) => id).sort());
  },

  'does not take what waits, was given back or lost its lease for handled': async (t) => {
    const events = ['c1', 'c2', 'c3'].map((callId) => t.event(callId, 'ringing'));
    for (const event of events) await t.inbox.record(event);
    const [failed, released] = (await t.take()).jobs;
    assert.ok(failed !== undefined && released !== undefined);
    await t.inbox.fail(failed.lease, { retryInMs: 60_000, error: 'boom', doneHandlers: [] });
    await t.inbox.release(released.lease);
    t.clock.advance(30_000);
    assert.deepEqual(await handled(t.inbox, events), []);
  },

  'knows nothing of events that are unknown, or of another provider, tenant or call': async (t) => {
    const event = t.event('c1', 'ringing');
    await t.inbox.record(event);
    await t.finishOne();
    assert.deepEqual(await handled(t.inbox, []), []);
    assert.deepEqual(await handled(t.inbox, [t.event('c1', 'completed'), t.event('c2', 'ringing')]), []);
    assert.deepEqual(await handled(t.inbox, [{ ...event, provider: 'zenith' }]), []);
    assert.deepEqual(await handled(t.inbox, [{ ...event, tenant: 'a tenant' }]), []);
    assert.deepEqual(await handled(t.inbox, [{ ...event, callId: 'c2' }]), []);
    assert.deepEqual(await handled(t.inbox, [event]), [event.id]);
  },

  'answers for many at once': async (t) => {
    const events = Array.from({ length: 300 }, (_, at) => t.event(`c${at}`, 'ringing'));
    await Promise.all(events.map((event) => t.inbox.record(event)));
    const { jobs } = await t.take(150);
    await Promise.all(jobs.map(({ lease }) => t.inbox.finish(lease)));
    assert.deepEqual(await handled(t.inbox, events), jobs.map(({ event }) => event.id).sort());
  },
};

export const HANDLED_BY_ANOTHER: Tests = {
  'knows what another host has handled': async (t) => {
    const other = await t.second();
    const events = ['c1', 'c2'].map((callId) => t.event(callId, 'ringing'));
    for (const event of events) await t.inbox.record(event);
    const job = await t.takeOne(other);
    assert.deepEqual(await handled(t.inbox, events), []);
    await other.finish(job.lease);
    assert.deepEqual(await handled(t.inbox, events), [job.event.id]);
    assert.deepEqual(await handled(other, events), [job.event.id]);
  },
};
