import { CALL_STATUSES } from '@call-status/core';
import type { CallQuery } from '@call-status/core/inbox';
import { describe, expect, it } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { open, t, within } from '../../test/stores.ts';
import { temporaryFile } from '../../test/support.ts';
import { loadEngine, type Statement } from '../database/engine.ts';
import { openDatabase } from '../database/open.ts';
import { readSteps } from '../pages.ts';
import { eventColumnsOf } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { CallLists } from './lists.ts';

const CALLS = 12_000;

/** A store with many calls, most of them ended; only the first is of the provider `rare`, and has a parent. */
function filled(): Store {
  const store = open(temporaryFile());
  within(store, () => {
    for (let at = 0; at < CALLS; at++) {
      const more = {
        provider: at === 0 ? 'rare' : 'acme',
        receivedAt: new Date(at).toISOString(),
        from: '+15550100001',
        ...(at === 0 && { parentCallId: 'parent' }),
      };
      store.record(eventColumnsOf(anEvent(`c${at}`, at % 2 === 1 && at < 1000 ? 'ringing' : 'completed', more)), t(at));
    }
  });
  return store;
}

describe('a list of calls', () => {
  const prepared: string[] = [];
  const path = temporaryFile();
  openDatabase(loadEngine(), path, { create: true, waitMs: 0 }).close();
  const listening = class extends loadEngine() {
    override prepare(sql: string): Statement {
      prepared.push(sql);
      return super.prepare(sql);
    }
  };
  const db = openDatabase(listening, path, { create: false, waitMs: 0 });
  db.exec(`INSERT INTO providers VALUES ('acme', 1), ('zenith', 1)`);

  const single: readonly CallQuery[] = [
    { provider: 'acme' },
    { state: 'live' },
    { state: 'ended' },
    { status: 'ringing' },
    { status: ['completed', 'busy'] },
    { status: CALL_STATUSES },
    { since: '2026-01-01', until: '2026-01-02' },
    { answered: false },
    { silentForMs: 1000 },
    { hasConflict: true },
    { hasConflict: false },
    { hasDeadLetter: true },
    { hasDeadLetter: false },
    { sipCode: 486 },
    { errorCode: '31005' },
    { changedSince: '2026-01-01' },
    { search: '+1 555 0100' },
    { cursor: '7-3' },
  ];
  const pairs = single.flatMap((query, at) => single.slice(at).map((other) => ({ ...query, ...other })));

  function planOf(sql: string): string[] {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    return plan.map(({ detail }) => String(detail));
  }

  it.each(pairs)('neither scans nor sorts: %j', async (query) => {
    prepared.length = 0;
    const page = await readSteps(new CallLists(db).page(query, t(0)));
    expect(page).toEqual({ rows: [] });
    for (const sql of prepared.slice()) {
      const plan = planOf(sql);
      // It sorts the calls of a bounded number of events.
      if (plan.some((step) => step.startsWith('SEARCH recorded USING COVERING INDEX recorded_by_time'))) continue;
      expect(
        plan.filter((step) => /^(SCAN (?!CONSTANT ROW|blocks|names|wanted)|USE TEMP B-TREE)/.test(step)),
        sql,
      ).toEqual([]);
    }
  });

  it('examines a bounded number of rows, and goes on with the next page', async () => {
    const store = filled();
    const query = { parentCallId: 'parent' };
    const first = await readSteps(store.reading.lists.page(query, t(0)));
    expect(first).toEqual({ rows: [], next: expect.any(String) });
    const second = await readSteps(store.reading.lists.page({ ...query, cursor: first.next ?? '' }, t(0)));
    expect(second).toEqual({ rows: [expect.objectContaining({ callId: 'c0' })] });
    expect(await readSteps(store.reading.lists.page({ provider: 'rare' }, t(0)))).toEqual(second);
  });

  it('ends where the calls began too early, however few were found', async () => {
    const store = filled();
    const pageOf = (since: number) =>
      readSteps(store.reading.lists.page({ parentCallId: 'parent', since: new Date(since) }, t(0)));
    expect(await pageOf(CALLS - 100)).toEqual({ rows: [] });
    expect(await pageOf(0)).toEqual({ rows: [], next: expect.any(String) });
  });

  it('of a search that finds much is in the order of time, as any other', async () => {
    const store = filled();
    const page = await readSteps(store.reading.lists.page({ search: '0100001', limit: 3 }, t(0)));
    expect(page.rows.map(({ callId }) => callId)).toEqual([1, 2, 3].map((back) => `c${CALLS - back}`));
    const few = await readSteps(store.reading.lists.page({ search: 'c1199', provider: 'acme', limit: 3 }, t(0)));
    expect(few.rows.map(({ callId }) => callId)).toEqual(['c11999', 'c11998', 'c11997']);
    const rest = await readSteps(store.reading.lists.page({ search: 'c119', state: 'live', cursor: '1190-1' }, t(0)));
    expect(rest.rows.map(({ callId }) => callId)).toEqual(['c119']);
  });

  it('is in the order of recording for calls of the same time, across providers', async () => {
    const store = open(temporaryFile());
    const callIds = Array.from({ length: 90 }, (_, at) => `c${at}`);
    within(store, () => {
      for (const [at, callId] of callIds.entries()) {
        const more = { provider: `p${89 - at}`, id: `p${at}:${callId}`, receivedAt: new Date(1).toISOString() };
        store.record(eventColumnsOf(anEvent(callId, 'ringing', more)), t(1));
      }
    });
    const { rows } = await readSteps(store.reading.lists.page({ state: 'live', limit: 100 }, t(1)));
    expect(rows.map(({ callId }) => callId)).toEqual(callIds.reverse());
  });
});
