import assert from 'node:assert/strict';
import type { CallStatus } from '@call-status/core';
import type { Job } from '@call-status/core/inbox';
import { assertMatches } from '../../assertions.ts';
import { Random } from '../../random.ts';
import type { Tests } from '../bench/bench.ts';
import { LEASE_MS } from '../bench/bench.ts';

/** Runs a test with so many lists of numbers from 0 to 99. */
async function forChoices(runs: number, test: (choices: readonly number[]) => Promise<void>): Promise<void> {
  for (let seed = 1; seed <= runs; seed++) {
    const random = new Random(seed);
    await test(random.list(20, 60, () => random.below(100)));
  }
}

export const ORDER: Tests = {
  'keeps every order through any mix of success, failure, hand-back and lost leases': async (t) => {
    const statuses: readonly CallStatus[] = ['queued', 'ringing', 'in-progress', 'completed'];
    let run = 0;
    await forChoices(8, async (choices) => {
      run++;
      const callIds = ['a', 'b', 'c', 'd', 'e'].map((call) => `${run}${call}`);
      for (const status of statuses) for (const callId of callIds) await t.record(callId, status);
      const left = new Map(callIds.map((callId) => [callId, [...statuses]]));
      const attempts = new Map<string, number>();
      const running: Job[] = [];
      const choose = (below: number, at: number) => (choices[at % choices.length] as number) % below;
      for (let step = 0; left.size > 0; step++) {
        if (step > 2000) throw new Error('The jobs never end.');
        const taken = await t.take(choose(4, step) + 1);
        const request = { limit: 1, leaseMs: LEASE_MS, owner: 'contract', suspect: true };
        const { jobs: suspects } = taken.suspects ? await t.inbox.take(request) : { jobs: [] };
        for (const job of [...taken.jobs, ...suspects]) {
          const { id, callId, status } = job.event;
          assert.ok(!running.map((other) => other.event.callId).includes(callId));
          assert.equal(status, left.get(callId)?.[0]);
          assert.equal(job.attempt, (attempts.get(id) ?? 0) + 1);
          running.push(job);
        }
        if (running.length === 0) {
          t.clock.advance(1000);
          continue;
        }
        const [job] = running.splice(choose(running.length, step + 7), 1) as [Job];
        const { id, callId } = job.event;
        // After the given choices, every attempt succeeds, so that the test ends.
        const fate = step < choices.length ? choose(5, step * 3) : 0;
        if (fate <= 1) {
          assert.equal(await t.inbox.finish(job.lease), 'done');
          const rest = left.get(callId)?.slice(1) as CallStatus[];
          if (rest.length > 0) left.set(callId, rest);
          else left.delete(callId);
        } else if (fate === 2) {
          const failure = { retryInMs: 500, error: 'boom', doneHandlers: [] };
          assert.equal(await t.inbox.fail(job.lease, failure), 'done');
          attempts.set(id, job.attempt);
        } else if (fate === 3) {
          assert.equal(await t.inbox.release(job.lease), 'done');
        } else {
          t.clock.advance(LEASE_MS + 1);
          running.length = 0;
        }
      }
      await t.expectIdle();
      assertMatches(await t.inbox.counts(), { waiting: 0, running: 0, dead: 0, ended: 5 * run });
    });
  },

  'keeps every order when all is asked for at once': async (t) => {
    const statuses: readonly CallStatus[] = ['queued', 'ringing', 'in-progress', 'completed'];
    let run = 0;
    await forChoices(30, async (choices) => {
      run++;
      let choice = 0;
      const choose = (below: number) => (choices[choice++ % choices.length] as number) % below;
      const callIds = ['a', 'b', 'c'].map((call) => `${run}${call}`);
      const unrecorded = new Map(callIds.map((callId) => [callId, [...statuses]]));
      const left = new Map(callIds.map((callId) => [callId, [...statuses]]));
      const running: Job[] = [];

      const recordNext = () => {
        const [callId, rest] = [...unrecorded][choose(unrecorded.size)] as [string, CallStatus[]];
        const status = rest.shift() as CallStatus;
        if (rest.length === 0) unrecorded.delete(callId);
        const recorded = t.inbox.record(t.event(callId, status));
        return async () => assert.deepEqual(await recorded, { transition: 'advance', done: false });
      };
      const takeSome = () => {
        const taken = t.take(choose(3) + 1);
        return async () => {
          for (const job of (await taken).jobs) {
            const { callId, status } = job.event;
            assert.ok(!running.map((other) => other.event.callId).includes(callId));
            assert.equal(status, left.get(callId)?.[0]);
            running.push(job);
          }
        };
      };
      const tellOne = (job: Job) => {
        // After the given choices, every attempt succeeds, so that the test ends.
        const fate = choice < choices.length ? choose(4) : 0;
        const failure = { retryInMs: choose(2) && 500, error: 'boom', doneHandlers: [] };
        const told =
          fate <= 1
            ? t.inbox.finish(job.lease)
            : fate === 2
              ? t.inbox.fail(job.lease, failure)
              : t.inbox.release(job.lease);
        return async () => {
          assert.equal(await told, 'done');
          running.splice(running.indexOf(job), 1);
          if (fate <= 1) left.get(job.event.callId)?.shift();
        };
      };

      const isLeft = () => [...left.values()].some((rest) => rest.length > 0);
      for (let turn = 0; isLeft(); turn++) {
        if (turn > 2000) throw new Error('The jobs never end.');
        const untold = [...running];
        const checks: (() => Promise<void>)[] = [];
        for (let count = choose(8) + 1; count > 0; count--) {
          const kind = choice < choices.length ? choose(3) : (count + turn) % 3;
          if (kind === 0 && unrecorded.size > 0) checks.push(recordNext());
          else if (kind === 1 && untold.length > 0) checks.push(tellOne(untold.shift() as Job));
          else checks.push(takeSome());
        }
        // Operations took effect in the order of their calls.
        for (const check of checks) await check();
        t.clock.advance(100);
      }
      await t.expectIdle();
    });
  },
};
