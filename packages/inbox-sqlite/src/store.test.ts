import { describe, expect, it, onTestFinished } from 'vitest';
import { anEvent } from '../test/events.ts';
import { temporaryFile } from '../test/support.ts';
import { loadEngine } from './engine.ts';
import { openDatabase } from './open.ts';
import { FIRST, type Place, SQL, Store } from './store.ts';

/** These look at all there is, and no event waits for them. */
const OVERVIEWS = new Set(['counts']);
const NO_QUERIES = new Set(['begin', 'commit', 'version']);

describe('the statements', () => {
  const db = openDatabase(loadEngine(), temporaryFile(), 0);
  const plan = (sql: string) =>
    db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map((row) => String(row['detail']));

  for (const [name, sql] of Object.entries(SQL)) {
    if (OVERVIEWS.has(name) || NO_QUERIES.has(name)) continue;
    it(`${name} neither scans nor sorts, so that it costs the same however much is stored`, () => {
      expect(plan(sql).filter((step) => /^(SCAN|USE TEMP B-TREE)/.test(step))).toEqual([]);
    });
  }

  it('would show a scan', () => {
    expect(plan('SELECT * FROM work WHERE attempts > ? ORDER BY error')).toEqual([
      'SCAN work',
      'USE TEMP B-TREE FOR ORDER BY',
    ]);
  });
});

function open(path: string): Store {
  const store = new Store(openDatabase(loadEngine(), path, 0), () => {});
  onTestFinished(() => store.close());
  return store;
}

function within<T>(store: Store, run: () => T): T {
  store.begin();
  const result = run();
  store.commit();
  return result;
}

describe('the events that are kept in memory too', () => {
  const request = { limit: 1, leaseMs: 1000, owner: 'test' };

  it('are those of the file, though what was recorded in their place before was rolled back', () => {
    const path = temporaryFile();
    const [store, other] = [open(path), open(path)];
    store.begin();
    store.record(anEvent('c1', 'ringing', { custom: 'rolled back' }), 1);
    store.rollback();
    within(other, () => other.record(anEvent('c1', 'ringing', { custom: 'committed' }), 1));
    expect(within(store, () => store.take(request, 1)).work).toMatchObject([{ event: { custom: 'committed' } }]);
  });

  it('are read again for another attempt, since a handler may have changed what it was given', () => {
    const store = open(temporaryFile());
    within(store, () => store.record(anEvent('c1'), 1));
    const [first] = within(store, () => store.take(request, 1)).work;
    Object.assign(first?.event ?? {}, { custom: 'changed' });
    const lease = first?.lease ?? { eventId: '', token: '' };
    within(store, () => store.fail(lease, { error: 'boom', doneHandlers: [], retryAt: 2 }, 1));
    const [second] = within(store, () => store.take(request, 2)).work;
    expect([second?.attempt, second?.event.custom]).toEqual([2, undefined]);
    Object.assign(second?.event ?? {}, { custom: 'changed' });
    within(store, () => store.fail(second?.lease ?? lease, { error: 'boom', doneHandlers: [] }, 2));
    within(store, () => store.replay('acme:c1:ringing', 3));
    const [replayed] = within(store, () => store.take(request, 3)).work;
    expect([replayed?.attempt, replayed?.event.custom]).toEqual([1, undefined]);
  });

  it('are no others than those in the file, however many there are', () => {
    const path = temporaryFile();
    const [store, other] = [open(path), open(path)];
    const calls = Array.from({ length: 600 }, (_, call) => `c${call}`);
    for (const [at, callId] of calls.entries()) {
      const one = at % 3 === 0 ? other : store;
      within(one, () => one.record(anEvent(callId), at));
    }
    const { work } = within(store, () => store.take({ ...request, limit: 1000 }, 1000));
    expect(work.map(({ event }) => event.callId)).toEqual(calls);
    expect(work.every(({ event, lease }) => event.id === lease.eventId)).toBe(true);
  });
});

describe('a step of cleaning up', () => {
  const DAY = 86_400_000;
  const START = Date.UTC(2026, 0, 1);

  /** Records ended calls, the later ones later, and finishes them or makes them dead letters. */
  function recordEnded(store: Store, callIds: readonly string[], fate: 'done' | 'dead', start = START): void {
    within(store, () => {
      for (const [at, callId] of callIds.entries()) {
        const receivedAt = new Date(start + Math.floor(at / 10)).toISOString();
        store.record(anEvent(callId, 'completed', { receivedAt }), START);
      }
      const { work } = store.take({ limit: callIds.length, leaseMs: 1000, owner: 'test' }, START);
      for (const { lease } of work) {
        if (fate === 'done') store.finish(lease);
        else store.fail(lease, { error: 'boom', doneHandlers: [] }, START);
      }
    });
  }

  const named = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

  /** How many calls there are after each step. */
  function sweepAll(store: Store, now: number): number[] {
    const left: number[] = [];
    for (let place: Place | undefined = FIRST; place !== undefined; ) {
      const after: Place = place;
      place = within(store, () => store.sweep(30 * DAY, after, now));
      left.push(store.counts(now).ended);
    }
    return left;
  }

  it('removes a hundred rows: fifty calls of one event', () => {
    const store = open(temporaryFile());
    recordEnded(store, named('c', 120), 'done');
    expect(sweepAll(store, START + 30 * DAY)).toEqual([120]);
    expect(sweepAll(store, START + 31 * DAY)).toEqual([70, 20, 0]);
  });

  it('looks at a hundred calls that stay, and the steps after it at those behind them', () => {
    const store = open(temporaryFile());
    recordEnded(store, named('dead', 250), 'dead');
    recordEnded(store, named('done', 120), 'done', START + DAY / 2);
    expect(sweepAll(store, START + 31 * DAY)).toEqual([370, 370, 345, 295, 250]);
    expect(sweepAll(store, START + 31 * DAY)).toEqual([250, 250, 250]);
  });

  it('remembers the ids of what it removed for seven days after the last event of the call, to the millisecond', () => {
    const store = open(temporaryFile());
    recordEnded(store, ['c1'], 'done');
    const again = () => within(store, () => store.record(anEvent('c1', 'completed'), START)).transition;
    const sweep = (now: number) => within(store, () => store.sweep(1, FIRST, now));
    sweep(START + 2);
    expect(store.counts(START)).toMatchObject({ ended: 0 });
    sweep(START + 7 * DAY - 1);
    expect(again()).toBe('duplicate');
    sweep(START + 7 * DAY);
    expect(again()).toBe('advance');
  });
});
