import { describe, expect, it } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { FIRST, open, REQUEST, type TakenJob, t, take, within } from '../../test/stores.ts';
import { temporaryFile } from '../../test/support.ts';
import { loadEngine } from '../database/engine.ts';
import { pragma } from '../database/open.ts';
import { eventColumnsOf } from './rows.ts';
import type { Store } from './store.ts';

const RINGING = 'acme:c1:ringing';

/** Two stores of one file; the first has a job in flight. */
function setUp() {
  const path = temporaryFile();
  const [own, other] = [open(path), open(path)];
  const { token } = fly(own, 'c1');
  return { path, own, other, token };
}

/** Records an event and takes its job in one transaction. */
function fly(store: Store, callId: string, owner = REQUEST.owner, leaseMs = REQUEST.leaseMs, now = 1): TakenJob {
  return within(store, () => {
    store.record(eventColumnsOf(anEvent(callId)), t(now));
    const { jobs } = store.take({ limit: 1, owner, leaseMs }, t(now));
    return { token: jobs[0]?.[1] } as TakenJob;
  });
}

/** How many jobs are in rows of their own. */
function landedIn(path: string): unknown {
  const db = new (loadEngine())(path);
  const count = pragma(db, 'SELECT count(*) FROM jobs');
  db.close();
  return count;
}

const record = (store: Store, status: 'ringing' | 'completed', now = 2) =>
  within(store, () => store.record(eventColumnsOf(anEvent('c1', status)), t(now)));
const finish = (store: Store, token: string, now = 2) => within(store, () => store.finish(token, t(now)));
/** The events of its call, on their way to another inbox. */
function exported(store: Store, now: number) {
  const next = store.reading.exported.call('acme', 'c1', '', t(now)).next();
  return next.done ? next.value?.events : undefined;
}

const key = { provider: 'acme', callId: 'c1', id: RINGING };

describe('a job in flight', () => {
  it('has no row of its own until it is done, and other processes know of it', () => {
    const { path, own, other, token } = setUp();
    expect(landedIn(path)).toBe(0);
    expect(other.reading.health.counts(t(2))).toMatchObject({ waiting: 0, running: 1 });
    expect(other.reading.handled.among([key])).toEqual([]);
    expect(within(other, () => take(other, 2))).toEqual([]);
    expect(finish(own, token)).toBe('done');
    expect(finish(own, token)).toBe('done');
    expect(landedIn(path)).toBe(0);
    expect(other.reading.health.counts(t(2))).toMatchObject({ waiting: 0, running: 0 });
    expect(other.reading.handled.among([key])).toEqual([RINGING]);
  });

  it('is a suspect for other processes when its lease ends', () => {
    const { own, other, token } = setUp();
    expect(other.reading.health.health(t(1001))).toMatchObject({ due: 1, lagMs: 0, running: 0 });
    expect(within(other, () => other.take(REQUEST, t(1000)).nextInMs)).toBe(1);
    const [suspect] = within(other, () => other.take({ ...REQUEST, suspect: true }, t(1001)).jobs);
    expect(suspect?.slice(0, 6)).toEqual([RINGING, expect.any(String), 0, 0, true, 2]);
    expect(finish(own, token, 1002)).toBe('lost');
  });

  it('is exported as a suspect, due when its lease ends', () => {
    const { other } = setUp();
    record(other, 'completed');
    const job = { failures: 0, interruptions: 0, suspect: true, takes: 1, doneHandlers: [] };
    expect(exported(other, 2)).toMatchObject([
      { job: { ...job, retryInMs: 999 } },
      { job: { suspect: false, takes: 0 } },
    ]);
    expect(exported(other, 1001)?.[0]?.job).toEqual(job);
  });

  it('counts if it is done after its lease has ended, unless another worker took it', () => {
    const { own, other, token } = setUp();
    expect(within(other, () => take(other, 1001))).toEqual([]);
    expect(finish(own, token, 1002)).toBe('done');
    expect(other.reading.health.counts(t(1002))).toMatchObject({ waiting: 0, running: 0 });
  });

  it.each(['own', 'other'] as const)('goes before a later event of its call, which the %s store records', (name) => {
    const stores = setUp();
    const { path, own, other, token } = stores;
    expect(record(stores[name], 'ringing')).toEqual(['duplicate', false]);
    expect(record(stores[name], 'completed')).toEqual(['advance', false]);
    expect(landedIn(path)).toBe(1);
    expect(within(other, () => take(other, 2))).toEqual([]);
    expect(other.reading.health.counts(t(2))).toMatchObject({ waiting: 1, running: 1 });
    expect(finish(own, token)).toBe('done');
    expect(within(other, () => take(other, 3))).toMatchObject([{ id: 'acme:c1:completed' }]);
  });

  it('can get its result from another connection of its process', () => {
    for (const result of ['finish', 'fail', 'release', 'renew', 'begin'] as const) {
      const { other, token } = setUp();
      const failure = { error: 'boom', doneHandlers: [] };
      const answer = within(other, () => {
        if (result === 'finish') return other.finish(token, t(2));
        if (result === 'fail') return other.fail(token, failure, t(2));
        if (result === 'release') return other.release(token, 0, t(2));
        if (result === 'begin') return other.beginHandlers(token, 1, t(2));
        return other.renew([token], 5000, t(2));
      });
      expect(answer, result).toEqual(result === 'renew' ? [] : 'done');
      const { running } = other.reading.health.counts(t(1500));
      expect(running, result).toBe(result === 'renew' ? 1 : 0);
    }
  });

  it('is lost when another process erases its call', () => {
    const { own, other, token } = setUp();
    expect(within(other, () => other.forgetCall('acme', 'c1', '', t(2)))).toBe(true);
    expect(finish(own, token)).toBe('gone');
    expect(own.reading.health.counts(t(2))).toEqual({ live: 0, ended: 0, waiting: 0, running: 0, dead: 0 });
  });

  it('is in flight no more if its transaction is rolled back', () => {
    const path = temporaryFile();
    const own = open(path);
    const kept = fly(own, 'kept');
    own.begin();
    own.record(eventColumnsOf(anEvent('c1')), t(2));
    const { jobs } = own.take(REQUEST, t(2));
    own.finish(kept.token, t(2));
    own.rollback();
    expect(finish(own, jobs[0]?.[1] ?? '')).toBe('gone');
    expect(own.reading.health.counts(t(2))).toMatchObject({ running: 1 });
    expect(finish(own, kept.token)).toBe('done');
  });

  it('keeps its call from being swept by another process', () => {
    const path = temporaryFile();
    const [own, other] = [open(path), open(path)];
    const more = { receivedAt: new Date(1).toISOString() };
    within(own, () => {
      own.record(eventColumnsOf(anEvent('c1', 'completed', more)), t(1));
      own.take(REQUEST, t(1));
      own.retain(1);
    });
    within(other, () => other.sweep(FIRST, t(10)));
    expect(own.reading.health.counts(t(10))).toMatchObject({ ended: 1, running: 1 });
  });

  it.each([0, 100])('goes before a later event of its call when it fails and is retried after %i ms', (retryInMs) => {
    const { own, other, token } = setUp();
    record(own, 'completed');
    expect(within(own, () => own.fail(token, { retryInMs, error: 'boom', doneHandlers: [] }, t(2)))).toBe('done');
    const [again, ...rest] = within(other, () => take(other, 2 + retryInMs));
    expect([again?.id, rest]).toEqual([RINGING, []]);
    expect(finish(other, again?.token ?? '', 200)).toBe('done');
    expect(within(own, () => take(own, 200))).toMatchObject([{ id: 'acme:c1:completed' }]);
  });

  it('goes before a later event of its call when its process dies', () => {
    const { other } = setUp();
    record(other, 'completed');
    expect(within(other, () => take(other, 1001))).toEqual([]);
    const [suspect] = within(other, () => other.take({ ...REQUEST, suspect: true }, t(1001)).jobs);
    expect(suspect?.[0]).toBe(RINGING);
    expect(finish(other, suspect?.[1] ?? '', 1002)).toBe('done');
    expect(within(other, () => take(other, 1003))).toMatchObject([{ id: 'acme:c1:completed' }]);
  });

  it('goes before an earlier event of its call that is replayed', () => {
    const path = temporaryFile();
    const [own, other] = [open(path), open(path)];
    const { token } = fly(own, 'c1');
    within(own, () => own.fail(token, { error: 'boom', doneHandlers: [] }, t(1)));
    const second = within(own, () => {
      own.record(eventColumnsOf(anEvent('c1', 'completed')), t(2));
      return take(own, 2)[0]?.token ?? '';
    });
    expect(landedIn(path)).toBe(1);
    expect(within(other, () => other.replay(RINGING, t(3)))).toBe(true);
    expect(within(other, () => take(other, 3))).toEqual([]);
    expect(finish(own, second, 3)).toBe('done');
    expect(within(other, () => take(other, 4))).toMatchObject([{ id: RINGING }]);
  });
});

describe('the row of the jobs in flight', () => {
  it('is of one worker, and of a bounded length', () => {
    const path = temporaryFile();
    const own = open(path);
    fly(own, 'first');
    fly(own, 'of another worker', 'another');
    fly(own, 'with another lease', REQUEST.owner, 5);
    expect(landedIn(path)).toBe(2);
    within(own, () => {
      for (let at = 0; at < 300; at++) own.record(eventColumnsOf(anEvent(`c${at}`)), t(2));
      expect(take(own, 2, 300)).toHaveLength(300);
    });
    expect(landedIn(path)).toBe(2 + 300 - 255);
    expect(own.reading.health.counts(t(2))).toMatchObject({ running: 303 });
  });

  it('keeps what other processes leave of it', () => {
    const { own, other, token } = setUp();
    const { token: second } = fly(own, 'c2');
    expect(within(other, () => other.renew([token], 1000, t(2)))).toEqual([]);
    expect(record(other, 'completed')).toEqual(['advance', false]);
    expect(finish(own, second)).toBe('done');
    expect(finish(own, token)).toBe('done');
    expect(own.reading.health.counts(t(2))).toMatchObject({ waiting: 1, running: 0 });
  });

  it('ends no later than its leases are long, after the clock was set back', () => {
    const path = temporaryFile();
    const own = open(path);
    fly(own, 'c1', REQUEST.owner, 1000, 1_000_000);
    const other = open(path);
    expect(landedIn(path)).toBe(1);
    const suspects = within(other, () => other.take({ ...REQUEST, suspect: true }, t(1000)).jobs);
    expect(suspects).toHaveLength(1);
  });
});

it('a result for a lease that no inbox issued is lost', () => {
  const { own } = setUp();
  expect(finish(own, 'no lease')).toBe('lost');
  expect(within(own, () => own.release('no lease', 0, t(2)))).toBe('lost');
});
