import { describe, expect, it, onTestFinished } from 'vitest';
import { anEvent } from '../test/events.ts';
import { temporaryFile } from '../test/support.ts';
import { loadEngine } from './engine.ts';
import { openDatabase } from './open.ts';
import { SQL, Store } from './store.ts';

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

describe('the events that are kept in memory too', () => {
  const request = { limit: 1, leaseMs: 1000, owner: 'test' };

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
