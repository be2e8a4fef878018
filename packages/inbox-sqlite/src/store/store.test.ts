import { checkOptions, deadLetterOf, type StoredDeadLetter } from '@call-status/core/inbox';
import { describe, expect, it } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { FIRST, open, REQUEST, type TakenJob, t, take, within } from '../../test/stores.ts';
import { temporaryFile } from '../../test/support.ts';
import { QUERIES, readPage } from '../pages.ts';
import { eventColumnsOf } from './rows.ts';

describe('a taken event', () => {
  it('is the one in the file, even if another one in its place was rolled back', () => {
    const path = temporaryFile();
    const [store, other] = [open(path), open(path)];
    store.begin();
    store.record(eventColumnsOf(anEvent('c1', 'ringing', { custom: 'rolled back' })), t(1));
    store.rollback();
    within(other, () => other.record(eventColumnsOf(anEvent('c1', 'ringing', { custom: 'committed' })), t(1)));
    expect(within(store, () => take(store, 1))).toMatchObject([{ event: { custom: 'committed' } }]);
  });

  it('comes with each attempt, as it was recorded', () => {
    const store = open(temporaryFile());
    const attempt = (now: number) => within(store, () => take(store, now))[0] as TakenJob;
    const fail = (token: string, now: number, retryInMs?: number) =>
      within(store, () =>
        store.fail(token, { error: 'boom', doneHandlers: [], ...(retryInMs && { retryInMs }) }, t(now)),
      );
    within(store, () => store.record(eventColumnsOf(anEvent('c1')), t(1)));
    const event = { callId: 'c1', transition: 'advance' };
    const first = attempt(1);
    expect(first).toMatchObject({ attempt: 1, event });
    fail(first.token, 1, 1);
    const second = attempt(2);
    expect(second).toMatchObject({ attempt: 2, event });
    fail(second.token, 2);
    within(store, () => store.replay('acme:c1:ringing', t(3)));
    expect(attempt(3)).toMatchObject({ attempt: 1, event });
  });

  it('belongs to its job, whichever store recorded it', () => {
    const path = temporaryFile();
    const [store, other] = [open(path), open(path)];
    const calls = Array.from({ length: 1500 }, (_, call) => `c${call}`);
    for (const [at, callId] of calls.entries()) {
      const one = at % 3 === 0 ? other : store;
      within(one, () => one.record(eventColumnsOf(anEvent(callId)), t(at)));
    }
    const jobs = within(store, () => take(store, 2000, 2000));
    expect(jobs.map(({ id }) => id)).toEqual(calls.map((callId) => `acme:${callId}:ringing`));
    for (const { id, event } of jobs) expect(event.id).toBe(id);
  });
});

describe('an event that is taken in the transaction that records it', () => {
  it('is leased at once', () => {
    const store = open(temporaryFile());
    const [taken] = within(store, () => {
      store.record(eventColumnsOf(anEvent('c1')), t(1));
      return take(store, 1);
    });
    expect(taken).toMatchObject({ id: 'acme:c1:ringing', attempt: 1 });
    expect(store.isWorkDue).toBe(false);
    expect(store.reading.health.counts(t(1))).toMatchObject({ waiting: 0, running: 1 });
    expect(within(store, () => take(store, 1000))).toEqual([]);
    expect(within(store, () => take(store, 1001))).toEqual([]);
    const suspects = () => store.take({ ...REQUEST, suspect: true }, t(1001)).jobs;
    expect(within(store, suspects)).toMatchObject([
      ['acme:c1:ringing', expect.any(String), 0, 0, true, 2, '[]', expect.any(String), 'advance', null],
    ]);
    expect(within(store, () => store.finish(taken?.token ?? '', t(1001)))).toBe('lost');
  });

  it('comes with its job, however many are taken at once', () => {
    const store = open(temporaryFile());
    const calls = Array.from({ length: 600 }, (_, call) => `c${call}`);
    const jobs = within(store, () => {
      for (const callId of calls) store.record(eventColumnsOf(anEvent(callId)), t(1));
      return take(store, 1, 600);
    });
    expect(jobs.map(({ id }) => id)).toEqual(calls.map((callId) => `acme:${callId}:ringing`));
    expect(jobs.map(({ event }) => event.callId)).toEqual(calls);
  });

  it('comes after due jobs, up to the limit; the rest is left for the next take', () => {
    const store = open(temporaryFile());
    within(store, () => store.record(eventColumnsOf(anEvent('due')), t(1)));
    const taken = within(store, () => {
      for (const callId of ['c1', 'c2']) store.record(eventColumnsOf(anEvent(callId)), t(2));
      return take(store, 2, 2);
    });
    expect(taken.map(({ id }) => id)).toEqual(['acme:due:ringing', 'acme:c1:ringing']);
    expect(store.isWorkDue).toBe(true);
    expect(within(store, () => take(store, 2))).toMatchObject([{ id: 'acme:c2:ringing' }]);
  });

  it('comes before later events of its call', () => {
    const store = open(temporaryFile());
    const taken = within(store, () => {
      for (const status of ['ringing', 'in-progress', 'completed'] as const) {
        store.record(eventColumnsOf(anEvent('c1', status)), t(1));
      }
      return take(store, 1);
    });
    expect(taken.map(({ id }) => id)).toEqual(['acme:c1:ringing']);
    expect(within(store, () => take(store, 1))).toEqual([]);
  });

  it('comes before later events of its call, and is an unfinished duplicate when it is redelivered', () => {
    const store = open(temporaryFile());
    const taken = within(store, () => {
      store.record(eventColumnsOf(anEvent('c1')), t(1));
      expect(store.record(eventColumnsOf(anEvent('c1')), t(1))).toEqual(['duplicate', false]);
      store.record(eventColumnsOf(anEvent('c1', 'completed')), t(1));
      return take(store, 1);
    });
    expect(taken.map(({ id }) => id)).toEqual(['acme:c1:ringing']);
    within(store, () => store.finish(taken[0]?.token ?? '', t(1)));
    expect(within(store, () => take(store, 1))).toMatchObject([{ id: 'acme:c1:completed' }]);
  });

  it('gives way to an earlier one that is replayed', () => {
    const store = open(temporaryFile());
    within(store, () => store.record(eventColumnsOf(anEvent('c1')), t(1)));
    const [first] = within(store, () => take(store, 1));
    within(store, () => store.fail(first?.token ?? '', { error: 'boom', doneHandlers: [] }, t(1)));
    const taken = within(store, () => {
      store.record(eventColumnsOf(anEvent('c1', 'completed')), t(2));
      store.replay('acme:c1:ringing', t(2));
      return take(store, 2);
    });
    expect(taken.map(({ id }) => id)).toEqual(['acme:c1:ringing']);
  });

  it('keeps its call from being swept', () => {
    const store = open(temporaryFile());
    within(store, () => {
      store.record(eventColumnsOf(anEvent('c1', 'completed', { receivedAt: new Date(1).toISOString() })), t(1));
      store.retain(1);
      store.sweep(FIRST, t(10));
    });
    expect(store.reading.health.counts(t(10))).toMatchObject({ ended: 1, waiting: 1 });
  });
});

it('accepts its own cursors, whatever the clock says', async () => {
  const store = open(temporaryFile());
  within(store, () => {
    for (const [at, time] of [-2, 0, 1, 1e12].entries()) {
      store.record(eventColumnsOf(anEvent(`c${at}`)), t(time));
      for (const { token } of take(store, time)) store.fail(token, { error: 'boom', doneHandlers: [] }, t(time));
    }
  });
  const seen: number[] = [];
  for (let cursor: string | undefined; seen.length < 9; ) {
    const query = { limit: 1, ...(cursor !== undefined && { cursor }) };
    checkOptions('query', query, QUERIES.deadLetters);
    const page = await readPage(
      query,
      'dead_at',
      async (place, limit) => store.deadLetters.list({}, place, limit),
      (row) => deadLetterOf(row as unknown as StoredDeadLetter),
    );
    seen.push(...page.rows.map(({ deadAt }) => Date.parse(deadAt)));
    cursor = page.next;
    if (cursor === undefined) break;
  }
  expect(seen).toEqual([1e12, 1, 0, -2]);
});

it('renews a lease that has ended, unless another worker took the job', () => {
  const store = open(temporaryFile());
  within(store, () => store.record(eventColumnsOf(anEvent('c1')), t(1)));
  const [taken] = within(store, () => take(store, 1));
  expect(within(store, () => take(store, 2000))).toEqual([]);
  expect(store.reading.health.counts(t(2000))).toMatchObject({ waiting: 1, running: 0 });
  expect(within(store, () => store.renew([taken?.token ?? ''], 1000, t(2000)))).toEqual([]);
  expect(store.reading.health.counts(t(2000))).toMatchObject({ waiting: 0, running: 1 });
});
