import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Live from '../../app/api/live.ts';
import type * as CallsList from '../../app/calls/calls-list.ts';
import type { CallRow, StreamEvent } from '../../src/api/types.ts';
import { fakeServer } from './fake-server.ts';

const PACE_MS = 500;

let requests: ReturnType<typeof fakeServer>;
let list: typeof CallsList;
let live: typeof Live;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  requests = fakeServer();
  vi.resetModules();
  live = await import('../../app/api/live.ts');
  list = await import('../../app/calls/calls-list.ts');
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A call that began in that second. */
function call(second: number, status = 'ringing'): CallRow {
  const at = `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
  return { key: `k${second}`, status, firstEventAt: at, lastEventAt: at } as CallRow;
}

/** An event of that call. */
function event(second: number): StreamEvent {
  return { key: `k${second}`, receivedAt: call(second).firstEventAt } as StreamEvent;
}

function open(provider = '', filters: Readonly<Record<string, string>> = {}): void {
  list.open({ filters, provider, rangeMs: 86_400_000 });
}

/** The newest request. */
function asked() {
  return requests.at(-1) as (typeof requests)[0];
}

/** A list that shows two calls. */
async function shown(filters?: Readonly<Record<string, string>>): Promise<void> {
  open('', filters);
  await asked().answer({ rows: [call(20), call(10)] });
}

const statuses = () => list.rows.value.map(({ key, status }) => `${key} ${status}`);

describe('a list whose first page could not be loaded', () => {
  it('stays failed when an event comes, and is loaded then, not merged into the rows of another query', async () => {
    await shown();
    open('exotel');
    await asked().fail();
    expect(list.failure.value?.code).toBe('inbox_unavailable');
    list.noteEvents([event(30)]);
    vi.advanceTimersByTime(PACE_MS);
    expect(asked().query).toMatchObject({ provider: 'exotel', limit: '200' });
    expect(asked().query['changedSince']).toBeUndefined();
    expect(list.failure.value?.code).toBe('inbox_unavailable');
    await asked().answer({ rows: [call(30)] });
    expect(statuses()).toEqual(['k30 ringing']);
    expect([list.failure.value, list.isLoaded.value]).toEqual([undefined, true]);
  });

  it('has nothing that waits from the query before', async () => {
    await shown();
    list.focused.value = 'k20';
    list.noteEvents([event(30)]);
    vi.advanceTimersByTime(PACE_MS);
    await asked().answer({ rows: [call(30)] });
    expect(list.waiting.value).toHaveLength(1);
    open('exotel');
    await asked().fail();
    expect(list.waiting.value).toEqual([]);
  });

  it('of the same query is loaded again too: it is not known which rows are as they were', async () => {
    await shown({ dead: 'true' });
    list.noteEvents();
    await asked().fail();
    list.noteEvents([event(20)]);
    vi.advanceTimersByTime(PACE_MS);
    expect(asked().query['changedSince']).toBeUndefined();
    await asked().answer({ rows: [call(10)] });
    expect(statuses()).toEqual(['k10 ringing']);
  });
});

describe('while the first page is loaded', () => {
  it('changes wait, so that an older answer does not replace them', async () => {
    open();
    const [first] = requests;
    list.noteEvents([event(20)]);
    vi.advanceTimersByTime(2 * PACE_MS);
    expect(requests).toHaveLength(1);
    await first?.answer({ rows: [call(20), call(10)] });
    vi.advanceTimersByTime(PACE_MS);
    expect(asked().query).toMatchObject({ changedSince: event(20).receivedAt });
    await asked().answer({ rows: [call(20, 'completed')] });
    expect(statuses()).toEqual(['k20 completed', 'k10 ringing']);
  });

  it('again for the same query, the list is not said to be without an answer', async () => {
    await shown({ stuck: 'true' });
    void list.load();
    expect(list.isLoaded.value).toBe(true);
    await asked().answer({ rows: [] });
    expect([list.isLoaded.value, statuses()]).toEqual([true, []]);
    open('exotel');
    expect(list.isLoaded.value).toBe(false);
  });

  it('no older calls are asked for, since its own cursor is not known', async () => {
    open();
    await asked().answer({ rows: [call(20)], next: 'older' });
    void list.load();
    await list.loadOlder();
    expect(requests).toHaveLength(2);
    await asked().answer({ rows: [call(20)], next: 'older' });
    void list.loadOlder();
    expect(asked().query['cursor']).toBe('older');
  });
});

it('a call that was erased leaves the list, also from those that wait', async () => {
  await shown();
  list.focused.value = 'k20';
  list.noteEvents([event(30)]);
  vi.advanceTimersByTime(PACE_MS);
  await asked().answer({ rows: [call(30)] });
  live.erased.value = { key: 'k30' };
  live.erased.value = { key: 'k10' };
  expect([statuses(), list.waiting.value]).toEqual([['k20 ringing'], []]);
  expect(requests).toHaveLength(2);
});

it('a call that is erased while the list is loaded is not in it', async () => {
  await shown();
  void list.load();
  live.erased.value = { key: 'k10' };
  expect(requests).toHaveLength(3);
  await asked().answer({ rows: [call(20)] });
  expect(statuses()).toEqual(['k20 ringing']);
});

describe('when the number of dead letters changes', () => {
  it('the list is loaded again, since no event says which calls have one', async () => {
    await shown();
    list.noteDead(0);
    expect(requests).toHaveLength(1);
    list.noteDead(1);
    expect(asked().query['changedSince']).toBeUndefined();
    await asked().answer({ rows: [{ ...call(20), hasDeadLetter: true }] });
    expect(list.rows.value[0]?.hasDeadLetter).toBe(true);
    list.noteDead(1);
    expect(requests).toHaveLength(2);
  });

  it('while the visitor is on a row, it is loaded afterwards', async () => {
    await shown();
    list.noteDead(2);
    list.focused.value = 'k20';
    list.noteDead(1);
    expect([requests.length, list.isBehind.value]).toEqual([1, true]);
    list.focused.value = undefined;
    expect(requests).toHaveLength(2);
    await asked().answer({ rows: [] });
    expect(list.isBehind.value).toBe(false);
  });
});
