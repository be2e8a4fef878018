import assert from 'node:assert/strict';
import type { CallStatus, Inbox } from '@call-status/core';
import { CallStatusError } from '@call-status/core';
import type { Job, Outcome } from '@call-status/core/inbox';
import { assertMatches } from '../../assertions.ts';
import { Random } from '../../random.ts';
import { type Bench, LEASE_MS, type Tests } from '../bench/bench.ts';

const WRITES = ['record', 'take', 'renew', 'begin', 'finish', 'fail', 'release'] as const;
type Write = (typeof WRITES)[number];

const STATUSES: readonly CallStatus[] = ['queued', 'ringing', 'in-progress', 'completed'];
const CALLS = 6;
const RETRY_MS = 1000;

/** The same inbox over a connection that breaks now and then: after the commit, before the answer. */
function losing(inbox: Inbox, isLost: (write: Write) => boolean): Inbox {
  const lossy = WRITES.map((write) => {
    const call = async (...parts: readonly never[]): Promise<unknown> => {
      const answer = await (inbox[write] as (...all: readonly never[]) => Promise<unknown>).apply(inbox, [...parts]);
      if (isLost(write)) throw new CallStatusError('inbox_unavailable');
      return answer;
    };
    return [write, call] as const;
  });
  return Object.assign(Object.create(inbox), Object.fromEntries(lossy)) as Inbox;
}

/** Asks one inbox after the other until an answer comes. */
async function ask<Answer>(inboxes: readonly Inbox[], what: (inbox: Inbox) => Promise<Answer>): Promise<Answer> {
  for (let at = 0; at < 100; at++) {
    try {
      return await what(inboxes[at % inboxes.length] as Inbox);
    } catch (error) {
      assertMatches(error, { code: 'inbox_unavailable' });
    }
  }
  throw new Error('No answer comes.');
}

/** Handles everything over connections that lose answers; returns how often each event succeeded. */
async function handleAll(t: Bench, inboxes: readonly Inbox[], random: Random): Promise<Map<string, number>> {
  const succeeded = new Map<string, number>();
  const failed = new Map<string, number>();
  const expect = (outcome: Outcome, allowed: readonly Outcome[] = ['done']) =>
    assert.ok(allowed.includes(outcome), outcome);
  const handle = async (inbox: Inbox, { lease, event, attempt, suspect }: Job): Promise<void> => {
    // An attempt counts only once it has failed, whatever was lost.
    assert.equal(attempt, (failed.get(event.id) ?? 0) + 1);
    assert.deepEqual(await ask([inbox], () => inbox.renew([lease], LEASE_MS)), []);
    if (suspect) expect(await ask([inbox], () => inbox.begin(lease, { retryInMs: 0 })));
    const fate = random.below(4);
    if (fate === 0) {
      const failure = { retryInMs: RETRY_MS, error: 'boom', doneHandlers: [] };
      expect(await ask([inbox], () => inbox.fail(lease, failure)));
      failed.set(event.id, attempt);
    } else if (fate === 1) {
      expect(await ask([inbox], () => inbox.release(lease)));
    } else {
      // After the first answer was lost, the store may not know which take ended the job.
      expect(await ask([inbox], () => inbox.finish(lease)), ['done', 'gone']);
      succeeded.set(event.id, (succeeded.get(event.id) ?? 0) + 1);
    }
  };
  for (let turn = 0; turn < 2000; turn++) {
    const { waiting, running } = await t.inbox.counts();
    if (waiting + running === 0) return succeeded;
    const inbox = random.pick(inboxes);
    for (const suspect of [false, true]) {
      const taken = await t.take(3, inbox, { suspect }).catch(() => ({ jobs: [] }));
      for (const job of taken.jobs) await handle(inbox, job);
    }
    t.clock.advance(LEASE_MS / 4);
  }
  throw new Error('The jobs never end.');
}

/** Everything is recorded and handled once, though many answers are lost. */
async function survive(t: Bench, stores: readonly Inbox[]): Promise<void> {
  const random = new Random(5);
  const inboxes = stores.map((inbox) => losing(inbox, () => random.below(3) === 0));
  const callIds = Array.from({ length: CALLS }, (_, at) => `c${at}`);
  for (const status of STATUSES) {
    for (const callId of callIds) {
      const event = t.event(callId, status);
      const recorded = await ask(inboxes, (inbox) => inbox.record(event));
      assert.ok(['advance', 'duplicate'].includes(recorded.transition));
      assert.equal(recorded.done, false);
    }
  }
  const succeeded = await handleAll(t, inboxes, random);
  assert.equal(succeeded.size, CALLS * STATUSES.length);
  assert.deepEqual(new Set(succeeded.values()), new Set([1]));
  assertMatches(await t.inbox.counts(), { ended: CALLS, waiting: 0, running: 0, dead: 0 });
}

export const LOST_ANSWERS: Tests = {
  'records and handles everything once, though many answers are lost after the commit': (t) => survive(t, [t.inbox]),

  'moves an event to the dead letters once, though the answer is lost': async (t) => {
    await t.record('c1', 'ringing', 'completed');
    const { lease, event } = await t.takeOne();
    const failure = { error: 'boom', doneHandlers: [] };
    let lost = 2;
    const inbox = losing(t.inbox, () => lost-- > 0);
    assert.equal(await ask([inbox], (each) => each.fail(lease, failure)), 'done');
    assertMatches(await t.inbox.deadLetters.get(event.id), { attempts: 1, error: 'boom' });
    assertMatches(await t.inbox.counts(), { waiting: 1, dead: 1 });
  },

  'loses one lease with the answer to a take, and no attempt': async (t) => {
    await t.record('c1', 'ringing');
    const inbox = losing(t.inbox, (write) => write === 'take');
    await assert.rejects(inbox.take({ limit: 1, leaseMs: LEASE_MS, owner: 'contract' }));
    assertMatches(await t.expectIdle(), { suspects: false, nextInMs: LEASE_MS });
    t.clock.advance(LEASE_MS + 1);
    assertMatches(await t.takeSuspect(), { attempt: 1, interruptions: 0 });
    assertMatches(await t.inbox.counts(), { running: 1, dead: 0 });
  },
};

export const LOST_ANSWERS_OF_TWO: Tests = {
  'records and handles everything once, though answers are lost and others are asked again': async (t) =>
    survive(t, [t.inbox, await t.second()]),
};
