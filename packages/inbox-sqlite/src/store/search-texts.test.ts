import { beforeEach, describe, expect, it } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { open, t, within } from '../../test/stores.ts';
import { temporaryFile } from '../../test/support.ts';
import { loadEngine } from '../database/engine.ts';
import { hashOfCallId } from '../database/schema/call-key.ts';
import { readSteps } from '../pages.ts';
import { eventColumnsOf } from './rows.ts';
import type { Store } from './store.ts';

describe('a search by number', () => {
  let path: string;
  let store: Store;

  beforeEach(() => {
    path = temporaryFile();
    store = open(path);
  });

  function record(callId: string, from: string, status: 'ringing' | 'completed' = 'ringing'): void {
    store.record(eventColumnsOf(anEvent(callId, status, { from })), t(1));
  }

  /** Records calls of other numbers. */
  function recordOthers(prefix: string, count: number): void {
    for (let at = 0; at < count; at++) record(`${prefix}${at}`, '+15550100999');
  }

  async function found(search: string): Promise<string[]> {
    const { rows } = await readSteps(store.reading.lists.page({ search }, t(1)));
    return rows.map(({ callId }) => callId);
  }

  function textsOf(call: number): unknown[] {
    const db = new (loadEngine())(path);
    const rows = db.prepare('SELECT text FROM search_texts WHERE call = ? ORDER BY kind').all(call);
    db.close();
    return rows.map(({ text }) => text);
  }

  it('finds calls of full blocks and of the last one', async () => {
    within(store, () => {
      record('first', '+15550100001');
      recordOthers('other', 2100);
      record('last', '+15550100001');
    });
    expect(textsOf(1)).toEqual(['first', '15550100001', '10000105551']);
    expect(await found('+1 555 0100 001')).toEqual(['last', 'first']);
    expect(await found('0001')).toEqual(['last', 'first']);
    expect(await found('firs')).toEqual(['first']);
  });

  it('finds a call by the number that an event changed after its block was full', async () => {
    within(store, () => {
      record('first', '+15550100001');
      recordOthers('other', 1100);
    });
    within(store, () => record('first', '+15550100002', 'completed'));
    expect(textsOf(1)).toEqual(['first', '15550100002', '20000105551']);
    expect(await found('15550100001')).toEqual([]);
    expect(await found('15550100002')).toEqual(['first']);
    within(store, () => store.record(eventColumnsOf(anEvent('first', 'busy', { to: '+15550100003' })), t(1)));
    expect(await found('15550100003')).toEqual(['first']);
  });

  it('keeps nothing of a removed call', () => {
    within(store, () => {
      record('first', '+15550100001');
      recordOthers('other', 1100);
    });
    within(store, () => store.forgetCall('acme', 'first', '', t(1)));
    expect(textsOf(1)).toEqual([]);
  });

  it('finds the calls of a block that is filled again', async () => {
    within(store, () => recordOthers('other', 1023));
    within(store, () => record('next', '+15550100001'));
    within(store, () => {
      for (const callId of ['next', 'other1022']) store.forgetCall('acme', callId, '', t(1));
    });
    within(store, () => store.eraseStep(t(1)));
    within(store, () => record('again', '+15550100001'));
    expect(await found('15550100001')).toEqual(['again']);
    within(store, () => recordOthers('more', 2));
    expect(textsOf(1023)).toEqual(['again', '15550100001', '10000105551']);
    expect(await found('15550100001')).toEqual(['again']);
  });
});

it('calls whose ids have the same hash are different calls', async () => {
  const store = open(temporaryFile());
  const [one, other] = ['call-46469', 'call-253384'] as const;
  expect(hashOfCallId(one)).toBe(hashOfCallId(other));
  within(store, () => {
    for (const callId of [one, other]) store.record(eventColumnsOf(anEvent(callId)), t(1));
  });
  for (const callId of [one, other]) {
    const call = await readSteps(store.reading.calls.call('acme', callId, ''));
    expect(call?.events.map((event) => event.callId)).toEqual([callId]);
  }
});
