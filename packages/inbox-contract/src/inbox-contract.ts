import { inspect } from 'node:util';
import type {
  CallQuery,
  CallStatus,
  Clock,
  DeadLetterQuery,
  Inbox,
  Lease,
  Page,
  Taken,
  Unrecorded,
  Work,
} from '@call-status/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acmeEvent } from './acme-event.ts';
import { expectedTransitions } from './expected-transitions.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';

/** An inbox of its own for one test. */
export interface InboxUnderTest {
  readonly inbox: Inbox;
  /** Only a durable inbox: closes it, and opens what it stored again. */
  reopen?(): Promise<Inbox>;
  /** Only a shared inbox: another process' (or connection's) view of the same store. */
  second?(): Promise<Inbox>;
  /** Closes every inbox that was made here, and removes the store. */
  cleanup(): void | Promise<void>;
}

/** Makes an empty inbox that tells the time by `clock`. */
export type MakeInbox = (options: { readonly clock: Clock }) => InboxUnderTest | Promise<InboxUnderTest>;

const LEASE_MS = 10_000;

/** The suite that every inbox passes: the guarantees of the port, one by one. */
export function inboxContract(name: string, makeInbox: MakeInbox): void {
  describe(`${name} keeps the contract of an inbox`, async () => {
    const probe = await makeInbox({ clock: Date.now });
    const isDurable = probe.reopen !== undefined;
    const isShared = probe.second !== undefined;
    await probe.cleanup();

    let clock: ManualClock;
    let subject: InboxUnderTest;
    let inbox: Inbox;

    beforeEach(async () => {
      clock = manualClock();
      subject = await makeInbox({ clock: clock.now });
      inbox = subject.inbox;
    });
    afterEach(() => subject.cleanup());

    const event = (callId: string, status: CallStatus, more?: Parameters<typeof acmeEvent>[3]) =>
      acmeEvent(clock.now, callId, status, more);

    async function record(callId: string, ...statuses: readonly CallStatus[]): Promise<void> {
      for (const status of statuses) await inbox.record(event(callId, status));
    }

    const take = (limit = 100, from = inbox): Promise<Taken> =>
      from.take({ limit, leaseMs: LEASE_MS, owner: 'contract' });

    async function takeSuspect(from = inbox): Promise<Work> {
      const { work } = await from.take({ limit: 100, leaseMs: LEASE_MS, owner: 'contract', suspect: true });
      expect(work).toHaveLength(1);
      return work[0] as Work;
    }

    async function takeOne(from = inbox): Promise<Work> {
      const { work } = await take(1, from);
      expect(work).toHaveLength(1);
      return work[0] as Work;
    }

    async function finishOne(): Promise<Work> {
      const work = await takeOne();
      expect(await inbox.finish(work.lease)).toBe('done');
      return work;
    }

    async function bury(error = 'boom', from = inbox): Promise<Work> {
      const work = await takeOne(from);
      expect(await from.fail(work.lease, { error, doneHandlers: [] })).toBe('done');
      return work;
    }

    async function expectIdle(from = inbox): Promise<Taken> {
      const taken = await take(100, from);
      expect(taken.work).toEqual([]);
      return taken;
    }

    describe('recording', () => {
      it('says what the event did to its call', async () => {
        expect(await inbox.record(event('c1', 'ringing'))).toEqual({ transition: 'advance', done: false });
        expect(await inbox.record(event('c1', 'queued'))).toEqual({ transition: 'late', done: false });
        expect(await inbox.record(event('c1', 'busy'))).toEqual({ transition: 'advance', done: false });
        expect(await inbox.record(event('c1', 'completed'))).toEqual({ transition: 'conflict', done: false });
        expect(await inbox.record(event('c1', 'busy', { id: 'again' }))).toEqual({ transition: 'repeat', done: false });
      });

      it('decides the transitions right under every order', async () => {
        const statuses: readonly CallStatus[] = ['queued', 'in-progress', 'completed', 'busy', 'unknown'];
        for (const [at, order] of permutations(statuses).entries()) {
          const found = [];
          for (const status of order) found.push((await inbox.record(event(`c${at}`, status))).transition);
          expect(found, order.join()).toEqual(expectedTransitions(order));
          const call = await inbox.call('acme', `c${at}`);
          expect(call?.status).toBe(order[expectedTransitions(order).lastIndexOf('advance')]);
        }
      });

      it('gives the event back as it came, with its transition', async () => {
        const raw = { sid: 'CA1', nested: { list: ['a', { b: null }], empty: '' }, text: 'Grüße ☎ 😀\u0000\n' };
        const sent = {
          ...event('c1', 'in-progress', { raw }),
          from: '+12025550101',
          sequence: 3,
          legs: [{ status: 'completed' as const }],
        };
        await inbox.record(sent);
        const stored = { ...sent, transition: 'advance' };
        expect((await takeOne()).event).toEqual(stored);
        expect((await inbox.call('acme', 'c1'))?.events).toEqual([stored]);
      });

      it('takes any JSON value in any part, since providers of users tell what they like', async () => {
        const values = [1.5, 1e19, -1, true, '', 'x', { a: 1 }, [1], null];
        for (const [at, value] of values.entries()) {
          const parts = { sequence: value, durationSeconds: value, sip: { code: value }, quality: { mos: value } };
          const sent = { ...event(`c${at}`, 'ringing', { raw: value }), ...parts, custom: value } as Unrecorded;
          expect((await inbox.record(sent)).transition).toBe('advance');
          expect((await takeOne()).event).toEqual({ ...sent, transition: 'advance' });
        }
      });

      it('keeps calls of two providers apart, though their ids are the same', async () => {
        await inbox.record(event('same', 'completed', { provider: 'acme' }));
        const other = await inbox.record(event('same', 'ringing', { provider: 'zenith' }));
        expect(other.transition).toBe('advance');
        expect((await inbox.call('acme', 'same'))?.status).toBe('completed');
        expect((await inbox.call('zenith', 'same'))?.status).toBe('ringing');
      });

      it('records an event id once, and tells whether its work is done', async () => {
        await record('c1', 'ringing');
        const again = event('c1', 'ringing');
        expect(await inbox.record(again)).toEqual({ transition: 'duplicate', done: false });
        const work = await takeOne();
        expect(await inbox.record(again)).toEqual({ transition: 'duplicate', done: false });
        await inbox.finish(work.lease);
        expect(await inbox.record(again)).toEqual({ transition: 'duplicate', done: true });
        await expectIdle();
        expect((await inbox.call('acme', 'c1'))?.events).toHaveLength(1);
      });

      it('records one of fifty that come at once', async () => {
        const found = await Promise.all(Array.from({ length: 50 }, () => inbox.record(event('c1', 'ringing'))));
        expect(found.filter(({ transition }) => transition !== 'duplicate')).toEqual([
          { transition: 'advance', done: false },
        ]);
        expect((await take()).work).toHaveLength(1);
      });

      it('decides transitions in the order of the work when different events come at once', async () => {
        const statuses: readonly CallStatus[] = ['completed', 'ringing', 'busy', 'in-progress', 'queued'];
        await Promise.all(statuses.map((status) => inbox.record(event('c1', status))));
        const order = [];
        for (const _ of statuses) order.push((await finishOne()).event);
        expect(order.map(({ transition }) => transition)).toEqual(
          expectedTransitions(order.map(({ status }) => status)),
        );
      });

      it('rejects after it was closed, and closes twice', async () => {
        await record('c1', 'ringing');
        await inbox.close();
        await expect(inbox.record(event('c2', 'ringing'))).rejects.toMatchObject({ code: 'closed' });
        await inbox.close();
      });

      it('closes while it works: what was begun is done, and what comes later is refused', async () => {
        await record('c1', 'ringing');
        const { lease } = await takeOne();
        const begun = Promise.all([inbox.record(event('c2', 'ringing')), inbox.finish(lease)]);
        const closing = inbox.close();
        const late = inbox.record(event('c3', 'ringing'));
        await expect(late).rejects.toMatchObject({ code: 'closed' });
        expect(await begun).toEqual([{ transition: 'advance', done: false }, 'done']);
        await closing;
      });
    });

    describe('giving work out', () => {
      it('gives at most what was asked for, and nothing twice', async () => {
        for (const callId of ['c1', 'c2', 'c3', 'c4', 'c5']) await record(callId, 'ringing');
        const taken = [...(await take(2)).work, ...(await take(2)).work, ...(await take(2)).work];
        expect(taken.map(({ event: { callId } }) => callId).sort()).toEqual(['c1', 'c2', 'c3', 'c4', 'c5']);
        expect(new Set(taken.map(({ lease }) => lease.token)).size).toBe(5);
        for (const work of taken) expect(work).toMatchObject({ attempt: 1, doneHandlers: [] });
        await expectIdle();
      });

      it('gives one event of a call at a time, in order, while other calls go on', async () => {
        await record('c1', 'queued', 'ringing', 'completed');
        await record('c2', 'queued', 'busy');
        const first = (await take()).work;
        expect(first.map((work) => work.event.id).sort()).toEqual(['acme:c1:queued', 'acme:c2:queued']);
        await expectIdle();
        const [c1, c2] = [...first].sort((a, b) => (a.event.callId < b.event.callId ? -1 : 1)) as [Work, Work];
        await inbox.finish(c2.lease);
        expect((await finishOne()).event.id).toBe('acme:c2:busy');
        await expectIdle();
        await inbox.finish(c1.lease);
        expect((await finishOne()).event.id).toBe('acme:c1:ringing');
        expect((await finishOne()).event.id).toBe('acme:c1:completed');
        await expectIdle();
      });

      it('tries again when it is time and not before, and lets nothing of the call overtake', async () => {
        await record('c1', 'queued', 'completed');
        const work = await takeOne();
        expect(await inbox.fail(work.lease, { retryInMs: 5000, error: 'boom', doneHandlers: ['onStatus'] })).toBe(
          'done',
        );
        await record('c2', 'ringing');
        expect((await finishOne()).event.callId).toBe('c2');
        expect((await expectIdle()).nextInMs).toBe(5000);
        clock.advance(4999);
        await expectIdle();
        clock.advance(1);
        const again = await takeOne();
        expect(again).toMatchObject({ attempt: 2, doneHandlers: ['onStatus'], event: { id: 'acme:c1:queued' } });
        await inbox.finish(again.lease);
        expect(await finishOne()).toMatchObject({ attempt: 1, event: { id: 'acme:c1:completed' } });
      });

      it('has no next time when nothing waits', async () => {
        const nothing = { work: [], suspects: false, more: false };
        expect(await take()).toEqual(nothing);
        await record('c1', 'ringing');
        await finishOne();
        expect(await take()).toEqual(nothing);
      });

      it('gives work out again when its lease ran out, and fences the one who had it', async () => {
        await record('c1', 'queued', 'completed');
        const slow = await takeOne();
        clock.advance(LEASE_MS - 1);
        expect((await expectIdle()).nextInMs).toBe(1);
        clock.advance(2);
        expect((await expectIdle()).suspects).toBe(true);
        const again = await takeSuspect();
        expect(again).toMatchObject({ attempt: 1, suspect: true, interruptions: 0, event: slow.event });
        expect(again.fence).toBeGreaterThan(slow.fence);
        expect(again.lease.token).not.toBe(slow.lease.token);
        expect(await inbox.finish(slow.lease)).not.toBe('done');
        expect(await inbox.fail(slow.lease, { error: 'late', doneHandlers: ['onStatus'] })).not.toBe('done');
        expect(await inbox.release(slow.lease)).not.toBe('done');
        expect(await inbox.renew([slow.lease, again.lease], LEASE_MS)).toEqual([slow.lease]);
        await expectIdle();
        expect(await inbox.finish(again.lease)).toBe('done');
        expect((await finishOne()).event.id).toBe('acme:c1:completed');
      });

      it('prolongs leases', async () => {
        await record('c1', 'ringing');
        const work = await takeOne();
        for (let round = 0; round < 3; round++) {
          clock.advance(LEASE_MS - 1);
          expect(await inbox.renew([work.lease], LEASE_MS)).toEqual([]);
          await expectIdle();
        }
        expect(await inbox.finish(work.lease)).toBe('done');
        expect(await inbox.renew([work.lease], LEASE_MS)).toEqual([work.lease]);
      });

      it('counts what was begun and has no result as an interruption, after a pause', async () => {
        await record('c1', 'ringing');
        await takeOne();
        clock.advance(LEASE_MS + 1);
        const suspect = await takeSuspect();
        expect(await inbox.begin(suspect.lease, { retryInMs: 5000 })).toBe('done');
        clock.advance(LEASE_MS + 4999);
        expect((await expectIdle()).suspects).toBe(false);
        clock.advance(1);
        expect(await takeSuspect()).toMatchObject({ attempt: 1, suspect: true, interruptions: 1 });
      });

      it('takes work back untouched: at once, without counting the attempt', async () => {
        await record('c1', 'queued', 'completed');
        const first = await takeOne();
        await inbox.fail(first.lease, { retryInMs: 0, error: 'boom', doneHandlers: ['onStatus'] });
        const second = await takeOne();
        expect(await inbox.release(second.lease)).toBe('done');
        expect(await inbox.finish(second.lease)).not.toBe('done');
        const third = await takeOne();
        expect(third).toMatchObject({ attempt: 2, doneHandlers: ['onStatus'], event: { id: 'acme:c1:queued' } });
        expect(third.lease.token).not.toBe(second.lease.token);
      });

      it('counts a result once', async () => {
        await record('c1', 'ringing');
        const { lease } = await takeOne();
        expect(await inbox.finish(lease)).toBe('done');
        expect(await inbox.finish(lease)).not.toBe('lost');
        expect(await inbox.fail(lease, { error: 'boom', doneHandlers: [] })).not.toBe('done');
        expect(await inbox.release(lease)).not.toBe('done');
        expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0, dead: 0 });
      });

      it('tells its listeners of new work until they stop listening', async () => {
        const [listener, stopped] = [vi.fn(), vi.fn()];
        const stop = inbox.onWork(listener);
        inbox.onWork(stopped)();
        await record('c1', 'ringing');
        await vi.waitFor(() => expect(listener).toHaveBeenCalled());
        stop();
        const before = listener.mock.calls.length;
        await record('c2', 'ringing');
        await take();
        expect(listener).toHaveBeenCalledTimes(before);
        expect(stopped).not.toHaveBeenCalled();
      });

      it('gives out all that is due, up to the limit', async () => {
        const callIds = Array.from({ length: 30 }, (_, call) => `c${call}`);
        for (const callId of callIds) await record(callId, 'ringing');
        const request = { leaseMs: 1000, owner: 'test' };
        const first = await inbox.take({ ...request, limit: 10 });
        const others = await inbox.take({ ...request, limit: 100 });
        expect([first.work.length, others.work.length]).toEqual([10, 20]);
        expect([...first.work, ...others.work].map(({ event }) => event.callId)).toEqual(callIds);
      });

      it('tells its listeners of the next event of a call', async () => {
        await record('c1', 'ringing');
        await record('c1', 'completed');
        for (const leave of [(lease: Lease) => inbox.finish(lease), (lease: Lease) => inbox.release(lease)]) {
          const { lease } = await takeOne();
          const listener = vi.fn();
          const stop = inbox.onWork(listener);
          await leave(lease);
          await vi.waitFor(() => expect(listener).toHaveBeenCalled());
          stop();
        }
      });

      it('keeps every order through any mix of success, failure, hand-back and lost leases', {
        timeout: 120_000,
      }, async () => {
        const statuses: readonly CallStatus[] = ['queued', 'ringing', 'in-progress', 'completed'];
        let run = 0;
        await fc.assert(
          fc.asyncProperty(fc.array(fc.nat(99), { minLength: 20, maxLength: 60 }), async (choices) => {
            run++;
            const callIds = ['a', 'b', 'c', 'd', 'e'].map((call) => `${run}${call}`);
            for (const status of statuses) for (const callId of callIds) await record(callId, status);
            const left = new Map(callIds.map((callId) => [callId, [...statuses]]));
            const attempts = new Map<string, number>();
            const running: Work[] = [];
            const choose = (below: number, at: number) => (choices[at % choices.length] as number) % below;
            for (let step = 0; left.size > 0; step++) {
              if (step > 2000) throw new Error('The work never ends.');
              const taken = await take(choose(4, step) + 1);
              const request = { limit: 1, leaseMs: LEASE_MS, owner: 'contract', suspect: true };
              const { work: suspects } = taken.suspects ? await inbox.take(request) : { work: [] };
              for (const work of [...taken.work, ...suspects]) {
                const { id, callId, status } = work.event;
                expect(running.map((other) => other.event.callId)).not.toContain(callId);
                expect(status).toBe(left.get(callId)?.[0]);
                expect(work.attempt).toBe((attempts.get(id) ?? 0) + 1);
                running.push(work);
              }
              if (running.length === 0) {
                clock.advance(1000);
                continue;
              }
              const [work] = running.splice(choose(running.length, step + 7), 1) as [Work];
              const { id, callId } = work.event;
              // Past every choice only successes are left, so that it ends.
              const fate = step < choices.length ? choose(5, step * 3) : 0;
              if (fate <= 1) {
                expect(await inbox.finish(work.lease)).toBe('done');
                const rest = left.get(callId)?.slice(1) as CallStatus[];
                if (rest.length > 0) left.set(callId, rest);
                else left.delete(callId);
              } else if (fate === 2) {
                const failure = { retryInMs: 500, error: 'boom', doneHandlers: [] };
                expect(await inbox.fail(work.lease, failure)).toBe('done');
                attempts.set(id, work.attempt);
              } else if (fate === 3) {
                expect(await inbox.release(work.lease)).toBe('done');
              } else {
                clock.advance(LEASE_MS + 1);
                running.length = 0;
              }
            }
            await expectIdle();
            expect(await inbox.counts()).toMatchObject({ waiting: 0, running: 0, dead: 0, ended: 5 * run });
          }),
          { numRuns: 8 },
        );
      });

      it('keeps every order when all is asked for at once', { timeout: 120_000 }, async () => {
        const statuses: readonly CallStatus[] = ['queued', 'ringing', 'in-progress', 'completed'];
        let run = 0;
        await fc.assert(
          fc.asyncProperty(fc.array(fc.nat(99), { minLength: 20, maxLength: 60 }), async (choices) => {
            run++;
            let choice = 0;
            const choose = (below: number) => (choices[choice++ % choices.length] as number) % below;
            const callIds = ['a', 'b', 'c'].map((call) => `${run}${call}`);
            const unrecorded = new Map(callIds.map((callId) => [callId, [...statuses]]));
            const left = new Map(callIds.map((callId) => [callId, [...statuses]]));
            const running: Work[] = [];

            const recordNext = () => {
              const [callId, rest] = [...unrecorded][choose(unrecorded.size)] as [string, CallStatus[]];
              const status = rest.shift() as CallStatus;
              if (rest.length === 0) unrecorded.delete(callId);
              const recorded = inbox.record(event(callId, status));
              return async () => expect(await recorded).toEqual({ transition: 'advance', done: false });
            };
            const takeSome = () => {
              const taken = take(choose(3) + 1);
              return async () => {
                for (const work of (await taken).work) {
                  const { callId, status } = work.event;
                  expect(running.map((other) => other.event.callId)).not.toContain(callId);
                  expect(status).toBe(left.get(callId)?.[0]);
                  running.push(work);
                }
              };
            };
            const tellOne = (work: Work) => {
              // Past every choice only successes are left, so that it ends.
              const fate = choice < choices.length ? choose(4) : 0;
              const failure = { retryInMs: choose(2) && 500, error: 'boom', doneHandlers: [] };
              const told =
                fate <= 1
                  ? inbox.finish(work.lease)
                  : fate === 2
                    ? inbox.fail(work.lease, failure)
                    : inbox.release(work.lease);
              return async () => {
                expect(await told).toBe('done');
                running.splice(running.indexOf(work), 1);
                if (fate <= 1) left.get(work.event.callId)?.shift();
              };
            };

            const isLeft = () => [...left.values()].some((rest) => rest.length > 0);
            for (let turn = 0; isLeft(); turn++) {
              if (turn > 2000) throw new Error('The work never ends.');
              const untold = [...running];
              const checks: (() => Promise<void>)[] = [];
              for (let count = choose(8) + 1; count > 0; count--) {
                const kind = choice < choices.length ? choose(3) : (count + turn) % 3;
                if (kind === 0 && unrecorded.size > 0) checks.push(recordNext());
                else if (kind === 1 && untold.length > 0) checks.push(tellOne(untold.shift() as Work));
                else checks.push(takeSome());
              }
              // What was asked for first was done first.
              for (const check of checks) await check();
              clock.advance(100);
            }
            await expectIdle();
          }),
          { numRuns: 30 },
        );
      });
    });

    describe('dead letters', () => {
      it('buries what is not to be tried again, and the call goes on', async () => {
        await record('c1', 'queued', 'completed');
        await inbox.fail((await takeOne()).lease, { retryInMs: 0, error: 'first', doneHandlers: [] });
        const deadAt = clock.advance(1000);
        const { event: dead } = await bury('second');
        const letter = { event: dead, attempts: 2, error: 'second', deadAt };
        expect(await inbox.deadLetters.read(dead.id)).toEqual(letter);
        expect(await inbox.deadLetters.list()).toEqual({ rows: [letter] });
        expect(await inbox.record(event('c1', 'queued'))).toEqual({ transition: 'duplicate', done: true });
        expect((await finishOne()).event.id).toBe('acme:c1:completed');
        await expectIdle();
      });

      it('replays one from attempt 1, before the later events of its call, without the handlers that were done', async () => {
        await record('c1', 'queued', 'completed');
        const work = await takeOne();
        await inbox.fail(work.lease, { error: 'boom', doneHandlers: ['onStatus'] });
        expect(await inbox.deadLetters.replay(work.event.id)).toBe(true);
        expect(await inbox.deadLetters.replay(work.event.id)).toBe(false);
        expect(await inbox.deadLetters.read(work.event.id)).toBeUndefined();
        expect(await inbox.record(event('c1', 'queued'))).toEqual({ transition: 'duplicate', done: false });
        expect(await finishOne()).toMatchObject({
          attempt: 1,
          doneHandlers: ['onStatus'],
          event: { id: 'acme:c1:queued' },
        });
        expect((await finishOne()).event.id).toBe('acme:c1:completed');
        await expectIdle();
      });

      it('waits with a replayed event while another one of its call runs', async () => {
        await record('c1', 'queued', 'ringing', 'completed');
        const dead = await bury();
        const running = await takeOne();
        await inbox.deadLetters.replay(dead.event.id);
        await expectIdle();
        await inbox.finish(running.lease);
        expect((await finishOne()).event.id).toBe('acme:c1:queued');
        expect((await finishOne()).event.id).toBe('acme:c1:completed');
      });

      it('replays before an event of the same call that waits for its retry', async () => {
        await record('c1', 'queued', 'completed');
        const dead = await bury();
        await inbox.fail((await takeOne()).lease, { retryInMs: 5000, error: 'boom', doneHandlers: [] });
        await inbox.deadLetters.replay(dead.event.id);
        expect((await finishOne()).event.id).toBe('acme:c1:queued');
        expect((await expectIdle()).nextInMs).toBe(5000);
        clock.advance(5000);
        expect((await finishOne()).event.id).toBe('acme:c1:completed');
        await expectIdle();
      });

      it('tells its listeners of replayed work', async () => {
        await record('c1', 'ringing');
        const { event: dead } = await bury();
        const listener = vi.fn();
        inbox.onWork(listener);
        await inbox.deadLetters.replay(dead.id);
        await vi.waitFor(() => expect(listener).toHaveBeenCalled());
      });

      it('lists the newest first, by provider and time, page by page', async () => {
        const start = clock.now();
        for (let at = 0; at < 6; at++) {
          const provider = at % 2 === 0 ? 'acme' : 'zenith';
          await inbox.record(event(`c${at}`, 'ringing', { provider }));
          await bury();
          clock.advance(1000);
        }
        const callIds = async (query: Parameters<Inbox['deadLetters']['list']>[0]) =>
          (await inbox.deadLetters.list(query)).rows.map((row) => row.event.callId);
        expect(await callIds({})).toEqual(['c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
        expect(await callIds({ provider: 'zenith' })).toEqual(['c5', 'c3', 'c1']);
        expect(await callIds({ since: start + 2000, until: start + 5000 })).toEqual(['c4', 'c3', 'c2']);
        const pages = await readAll((page) => inbox.deadLetters.list({ ...page, limit: 4 }));
        expect(pages.map((row) => row.event.callId)).toEqual(['c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
        expect(await inbox.deadLetters.list({ limit: 6 })).not.toHaveProperty('next');
      });

      it('replays all of a provider and time span, oldest first', async () => {
        const start = clock.now();
        for (let at = 0; at < 4; at++) {
          await inbox.record(event('c1', 'ringing', { id: `a${at}` }));
          await bury();
          await inbox.record(event('c2', 'ringing', { id: `z${at}`, provider: 'zenith' }));
          await bury();
          clock.advance(1000);
        }
        const query = { provider: 'acme', since: start + 1000, until: start + 3000 };
        expect(await inbox.deadLetters.replayAll(query)).toBe(2);
        expect(await inbox.deadLetters.replayAll(query)).toBe(0);
        expect((await finishOne()).event.id).toBe('a1');
        expect((await finishOne()).event.id).toBe('a2');
        await expectIdle();
        expect(await inbox.deadLetters.replayAll()).toBe(6);
        expect(await inbox.counts()).toMatchObject({ waiting: 6, dead: 0 });
      });

      it('replays each once, though they die again meanwhile', async () => {
        await Promise.all(Array.from({ length: 250 }, (_, at) => record(`c${at}`, 'ringing')));
        const buryAll = async () => {
          const { work } = await take(1000);
          await Promise.all(work.map(({ lease }) => inbox.fail(lease, { error: 'boom', doneHandlers: [] })));
        };
        await buryAll();
        let isOver = false;
        const replayed = inbox.deadLetters.replayAll().finally(() => {
          isOver = true;
        });
        for (let round = 0; round < 20 && !isOver; round++) {
          clock.advance(round % 2);
          await buryAll();
        }
        expect(await replayed).toBe(250);
        await buryAll();
        expect(await inbox.counts()).toMatchObject({ dead: 250, waiting: 0 });
      });

      it('forgets a discarded one, while its event stays recorded', async () => {
        await record('c1', 'ringing');
        const { event: dead } = await bury();
        expect(await inbox.deadLetters.discard(dead.id)).toBe(true);
        expect(await inbox.deadLetters.discard(dead.id)).toBe(false);
        expect(await inbox.deadLetters.replay(dead.id)).toBe(false);
        expect(await inbox.deadLetters.list()).toEqual({ rows: [] });
        expect(await inbox.record(event('c1', 'ringing'))).toEqual({ transition: 'duplicate', done: true });
        expect((await inbox.call('acme', 'c1'))?.events).toEqual([dead]);
      });

      it('knows no dead letter that is none', async () => {
        await record('c1', 'ringing');
        for (const id of ['acme:c1:ringing', 'nobody']) {
          expect(await inbox.deadLetters.read(id)).toBeUndefined();
          expect(await inbox.deadLetters.replay(id)).toBe(false);
          expect(await inbox.deadLetters.discard(id)).toBe(false);
        }
      });
    });

    describe('looking at calls', () => {
      it('folds a call', async () => {
        await record('c1', 'ringing', 'in-progress', 'completed');
        const call = await inbox.call('acme', 'c1');
        expect(call).toMatchObject({ provider: 'acme', callId: 'c1', status: 'completed', terminal: true });
        expect(call?.events.map(({ status }) => status)).toEqual(['ringing', 'in-progress', 'completed']);
        expect(await inbox.call('acme', 'c2')).toBeUndefined();
        expect(await inbox.call('zenith', 'c1')).toBeUndefined();
      });

      it('lists the newest first, with what each of them is', async () => {
        const start = clock.now();
        await record('c1', 'ringing');
        clock.advance(1000);
        await record('c2', 'unknown');
        clock.advance(1000);
        await record('c1', 'busy', 'completed', 'queued');
        expect(await inbox.calls()).toEqual({
          rows: [
            {
              provider: 'acme',
              callId: 'c2',
              status: 'unknown',
              terminal: false,
              firstAt: start + 1000,
              lastAt: start + 1000,
              events: 1,
            },
            {
              provider: 'acme',
              callId: 'c1',
              status: 'busy',
              terminal: true,
              firstAt: start,
              lastAt: start + 2000,
              events: 4,
            },
          ],
        });
      });

      it('says whether a call was answered: proofs outweigh, and what contradicts the outcome does not count', async () => {
        const answered = (callId: string, status: CallStatus, value: boolean): Unrecorded => ({
          ...acmeEvent(() => clock.now(), callId, status),
          answered: value,
        });
        await inbox.record(answered('c1', 'in-progress', true));
        await inbox.record(answered('c1', 'failed', false));
        await inbox.record(answered('c2', 'busy', false));
        await inbox.record(answered('c2', 'completed', true));
        await inbox.record(acmeEvent(() => clock.now(), 'c3', 'completed'));
        const { rows } = await inbox.calls();
        const listed = rows.map((row) => [row.callId, row.answered]).sort();
        expect(listed).toEqual([
          ['c1', true],
          ['c2', false],
          ['c3', undefined],
        ]);
        for (const [callId, value] of listed) expect((await inbox.call('acme', String(callId)))?.answered).toBe(value);
      });

      it('lists by provider, state and time', async () => {
        const start = clock.now();
        for (let at = 0; at < 6; at++) {
          const provider = at % 2 === 0 ? 'acme' : 'zenith';
          await inbox.record(event(`c${at}`, at < 3 ? 'completed' : 'ringing', { provider }));
          clock.advance(1000);
        }
        const callIds = async (query: Parameters<Inbox['calls']>[0]) =>
          (await inbox.calls(query)).rows.map(({ callId }) => callId);
        expect(await callIds({})).toEqual(['c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
        expect(await callIds({ provider: 'acme' })).toEqual(['c4', 'c2', 'c0']);
        expect(await callIds({ state: 'live' })).toEqual(['c5', 'c4', 'c3']);
        expect(await callIds({ state: 'ended' })).toEqual(['c2', 'c1', 'c0']);
        expect(await callIds({ since: start + 1000, until: start + 3000 })).toEqual(['c2', 'c1']);
        expect(await callIds({ provider: 'acme', state: 'ended', since: start + 1 })).toEqual(['c2']);
      });

      it('pages through all of them, none twice, also while events arrive', async () => {
        for (let at = 0; at < 10; at++) await record(`c${at}`, 'ringing');
        let round = 0;
        const rows = await readAll(async (page) => {
          await record(`new${round}`, 'ringing');
          await record(`c${round}`, 'in-progress');
          round++;
          return inbox.calls({ ...page, limit: 3 });
        });
        const seen = rows.map(({ callId }) => callId).filter((callId) => callId.startsWith('c'));
        expect(seen).toEqual(['c9', 'c8', 'c7', 'c6', 'c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
      });

      it('pages through a filtered list', async () => {
        for (let at = 0; at < 9; at++) await record(`c${at}`, at % 3 === 0 ? 'busy' : 'ringing');
        const rows = await readAll((page) => inbox.calls({ ...page, state: 'live', limit: 2 }));
        expect(rows.map(({ callId }) => callId)).toEqual(['c8', 'c7', 'c5', 'c4', 'c2', 'c1']);
      });

      it('has fifty rows on a page unless told otherwise, and no next page after the last row', async () => {
        await Promise.all(Array.from({ length: 51 }, (_, at) => record(`c${at}`, 'ringing')));
        const first = await inbox.calls();
        expect(first.rows).toHaveLength(50);
        const second = await inbox.calls({ cursor: first.next as string });
        expect(second.rows).toHaveLength(1);
        expect(second).not.toHaveProperty('next');
        expect(await inbox.calls({ limit: 51 })).not.toHaveProperty('next');
      });

      it('counts', async () => {
        expect(await inbox.counts()).toEqual({ live: 0, ended: 0, waiting: 0, running: 0, dead: 0 });
        await record('c1', 'ringing');
        await bury();
        await record('c2', 'queued', 'completed');
        const work = await takeOne();
        await inbox.fail(work.lease, { retryInMs: 1000, error: 'boom', doneHandlers: [] });
        await record('c3', 'busy', 'ringing');
        await takeOne();
        await record('c4', 'canceled');
        await finishOne();
        expect(await inbox.counts()).toEqual({ live: 1, ended: 3, waiting: 3, running: 1, dead: 1 });
      });
    });

    describe('a query', () => {
      /** Parts of queries that make no sense, by their names. */
      const WRONG: readonly (readonly [name: string, values: readonly unknown[]])[] = [
        ['limit', [0, -2, 1.5, 1001, Number.NaN, Number.POSITIVE_INFINITY, '5', null]],
        ['cursor', ['zzz', '', ' ', '-', '0x10', '1e3', 'NaN', 'Infinity', '9'.repeat(400), 7, null, {}]],
        ['since', ['2020-01-01', '0', '', Number.NaN, Number.POSITIVE_INFINITY, new Date(0), null, 5n]],
        ['until', ['2020-01-01', '0', '', Number.NaN, Number.POSITIVE_INFINITY, new Date(0), null, 5n]],
        ['provider', ['', 7, null, ['acme']]],
        ['state', ['over', 'Live', '', true, null]],
        ['callId', ['c1']],
      ];

      /** The methods that take a query, and the parts that it has there. */
      const METHODS: readonly [name: string, parts: readonly string[], ask: (query: unknown) => Promise<unknown>][] = [
        [
          'calls',
          ['provider', 'since', 'until', 'state', 'cursor', 'limit'],
          (query) => inbox.calls(query as CallQuery),
        ],
        [
          'deadLetters.list',
          ['provider', 'since', 'until', 'cursor', 'limit'],
          (query) => inbox.deadLetters.list(query as DeadLetterQuery),
        ],
        [
          'deadLetters.replayAll',
          ['provider', 'since', 'until'],
          (query) => inbox.deadLetters.replayAll(query as DeadLetterQuery),
        ],
      ];

      /** Parts that do. */
      const RIGHT = { provider: 'acme', since: 0, until: Date.UTC(2100, 0, 1), state: 'live', limit: 1 };

      beforeEach(async () => {
        await record('c1', 'ringing');
        await record('c2', 'ringing');
        await bury();
        await bury();
      });

      describe.each(METHODS)('of %s', (_method, parts, ask) => {
        async function expectRefusal(query: unknown, name: string): Promise<void> {
          const issues = [expect.stringContaining(name)];
          await expect(ask(query), inspect(query)).rejects.toMatchObject({
            code: 'invalid_options',
            details: { issues },
          });
        }
        afterEach(async () => expect(await inbox.counts()).toMatchObject({ dead: 2, waiting: 0 }));

        it('is refused when a part of it makes no sense', async () => {
          for (const [name, values] of WRONG) for (const value of values) await expectRefusal({ [name]: value }, name);
        });

        it('is refused when it has a part that belongs elsewhere, or is none', async () => {
          for (const [name, value] of Object.entries(RIGHT)) {
            if (!parts.includes(name)) await expectRefusal({ [name]: value }, name);
          }
          for (const query of [null, 'acme', 5, []]) await expectRefusal(query, 'query');
        });

        it('may have all its parts, and parts that are undefined', async () => {
          // What fits is nothing: the dead letters stay.
          const right = Object.entries({ ...RIGHT, provider: 'nobody' }).filter(([name]) => parts.includes(name));
          await expect(ask(Object.fromEntries(right))).resolves.toBeDefined();
          const undefineds = right.map(([name]) => [name, undefined]);
          await expect(ask({ ...Object.fromEntries(undefineds), provider: 'nobody' })).resolves.toBeDefined();
        });
      });

      it('takes the smallest and the largest page, and any time that is a number', async () => {
        expect((await inbox.calls({ limit: 1 })).rows).toHaveLength(1);
        expect((await inbox.calls({ limit: 1000, since: -0.5, until: 1e15 })).rows).toHaveLength(2);
        expect((await inbox.calls({ since: 1e15 })).rows).toEqual([]);
      });
    });

    if (isDurable) {
      describe('a restart', () => {
        const reopen = async () => {
          inbox = await (subject as Required<InboxUnderTest>).reopen();
        };

        it('keeps calls, and knows duplicates', async () => {
          await record('c1', 'ringing', 'completed');
          await finishOne();
          const before = [await inbox.call('acme', 'c1'), await inbox.calls(), await inbox.counts()];
          await reopen();
          expect([await inbox.call('acme', 'c1'), await inbox.calls(), await inbox.counts()]).toEqual(before);
          expect(await inbox.record(event('c1', 'ringing'))).toEqual({ transition: 'duplicate', done: true });
          expect(await inbox.record(event('c1', 'completed'))).toEqual({ transition: 'duplicate', done: false });
          expect((await inbox.record(event('c1', 'busy'))).transition).toBe('conflict');
          expect((await finishOne()).event.id).toBe('acme:c1:completed');
        });

        it('gives out what was running as a suspect once its lease ran out', async () => {
          await record('c1', 'queued', 'completed');
          const lost = await takeOne();
          await reopen();
          expect((await expectIdle()).nextInMs).toBe(LEASE_MS);
          clock.advance(LEASE_MS + 1);
          const again = await takeSuspect();
          expect(again).toMatchObject({ attempt: 1, suspect: true, event: lost.event });
          expect(again.lease.token).not.toBe(lost.lease.token);
          expect(await inbox.finish(lost.lease)).not.toBe('done');
          expect(await inbox.finish(again.lease)).toBe('done');
          expect((await finishOne()).event.id).toBe('acme:c1:completed');
        });

        it('keeps retry times and the handlers that were done', async () => {
          await record('c1', 'ringing');
          await inbox.fail((await takeOne()).lease, { retryInMs: 5000, error: 'boom', doneHandlers: ['onStatus'] });
          await reopen();
          expect((await expectIdle()).nextInMs).toBe(5000);
          clock.advance(5000);
          expect(await takeOne()).toMatchObject({ attempt: 2, doneHandlers: ['onStatus'] });
        });

        it('keeps what was begun when it was closed', async () => {
          await record('c1', 'ringing');
          const { lease } = await takeOne();
          void inbox.record(event('c2', 'ringing'));
          void inbox.finish(lease);
          await inbox.close();
          await reopen();
          expect(await inbox.record(event('c1', 'ringing'))).toEqual({ transition: 'duplicate', done: true });
          expect((await finishOne()).event.callId).toBe('c2');
        });

        it('keeps dead letters', async () => {
          await record('c1', 'ringing');
          const { event: dead } = await bury();
          const before = await inbox.deadLetters.list();
          await reopen();
          expect(await inbox.deadLetters.list()).toEqual(before);
          expect(await inbox.deadLetters.replay(dead.id)).toBe(true);
          expect(await finishOne()).toMatchObject({ attempt: 1, event: dead });
        });
      });
    }

    if (isShared) {
      describe('two at one store', () => {
        let other: Inbox;
        beforeEach(async () => {
          other = await (subject as Required<InboxUnderTest>).second();
        });

        it('records one of fifty that come to both at once', async () => {
          const found = await Promise.all(
            Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? inbox : other).record(event('c1', 'ringing'))),
          );
          expect(found.filter(({ transition }) => transition !== 'duplicate')).toHaveLength(1);
          expect((await other.call('acme', 'c1'))?.events).toHaveLength(1);
        });

        it('decides transitions over both', async () => {
          expect((await inbox.record(event('c1', 'completed'))).transition).toBe('advance');
          expect((await other.record(event('c1', 'busy'))).transition).toBe('conflict');
          expect((await inbox.record(event('c1', 'queued'))).transition).toBe('late');
        });

        it('gives an event to one of them only, and one event of a call at a time', async () => {
          for (const callId of ['c1', 'c2', 'c3', 'c4']) await record(callId, 'queued', 'completed');
          const taken = (await Promise.all([take(3), take(3, other)])).flatMap(({ work }) => work);
          expect(taken.map((work) => work.event.id).sort()).toEqual(
            ['c1', 'c2', 'c3', 'c4'].map((callId) => `acme:${callId}:queued`),
          );
          expect(new Set(taken.map(({ lease }) => lease.token)).size).toBe(4);
        });

        it('fences one of them by the other', async () => {
          await record('c1', 'ringing');
          const slow = await takeOne();
          clock.advance(LEASE_MS + 1);
          const again = await takeSuspect(other);
          expect(again.attempt).toBe(1);
          expect(await inbox.renew([slow.lease], LEASE_MS)).toEqual([slow.lease]);
          expect(await inbox.finish(slow.lease)).not.toBe('done');
          expect(await other.finish(again.lease)).toBe('done');
        });

        it('hands work over', async () => {
          await record('c1', 'ringing');
          await inbox.release((await takeOne()).lease);
          expect((await takeOne(other)).attempt).toBe(1);
        });

        it('shows both the same', async () => {
          await record('c1', 'ringing');
          const { event: dead } = await bury('boom', other);
          expect((await inbox.deadLetters.read(dead.id))?.error).toBe('boom');
          expect(await inbox.counts()).toEqual(await other.counts());
          expect(await inbox.calls()).toEqual(await other.calls());
        });
      });
    }
  });
}

/** The rows of all pages; ends in an error if the pages do not end. */
async function readAll<Row>(read: (page: { cursor?: string }) => Promise<Page<Row>>): Promise<Row[]> {
  const rows: Row[] = [];
  let page = await read({});
  rows.push(...page.rows);
  while (page.next !== undefined) {
    if (rows.length > 1000) throw new Error('The pages do not end.');
    page = await read({ cursor: page.next });
    rows.push(...page.rows);
  }
  return rows;
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) =>
    permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]),
  );
}
