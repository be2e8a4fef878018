import { describe, expect, it } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { FIRST, open, t, take, within } from '../../test/stores.ts';
import { temporaryFile } from '../../test/support.ts';
import { eventColumnsOf } from './rows.ts';
import type { Store } from './store.ts';
import type { SweepPlace } from './sweep.ts';

describe('a step of a sweep', () => {
  const DAY = 86_400_000;
  const START = Date.UTC(2026, 0, 1);

  /** Records ended calls with increasing times, and finishes their jobs or makes them dead letters. */
  function recordEnded(store: Store, callIds: readonly string[], fate: 'done' | 'dead', start = START): void {
    within(store, () => {
      for (const [at, callId] of callIds.entries()) {
        const receivedAt = new Date(start + Math.floor(at / 10)).toISOString();
        store.record(eventColumnsOf(anEvent(callId, 'completed', { receivedAt })), t(START));
      }
      for (const { token } of take(store, START, callIds.length)) {
        if (fate === 'done') store.finish(token, t(START));
        else store.fail(token, { error: 'boom', doneHandlers: [] }, t(START));
      }
    });
  }

  const named = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

  /** The number of calls after each step that examines ended ones. */
  function sweepAll(store: Store, now: number): number[] {
    const left: number[] = [];
    for (let place: SweepPlace | undefined = FIRST; place?.provider === undefined && place !== undefined; ) {
      const after: SweepPlace = place;
      place = within(store, () => store.sweep(after, t(now)));
      left.push(store.reading.health.counts(t(now)).ended);
    }
    return left;
  }

  function retain(store: Store, ms: number): void {
    within(store, () => store.retain(ms));
  }

  it('removes a hundred rows: fifty calls of one event', () => {
    const store = open(temporaryFile());
    recordEnded(store, named('c', 120), 'done');
    expect(sweepAll(store, START + 30 * DAY)).toEqual([120]);
    expect(sweepAll(store, START + 31 * DAY)).toEqual([70, 20, 0]);
  });

  it('examines a hundred calls that stay; the next steps continue behind them', () => {
    const store = open(temporaryFile());
    recordEnded(store, named('dead', 250), 'dead');
    recordEnded(store, named('done', 120), 'done', START + DAY / 2);
    expect(sweepAll(store, START + 31 * DAY)).toEqual([370, 370, 345, 295, 250]);
    expect(sweepAll(store, START + 31 * DAY)).toEqual([250, 250, 250]);
  });

  it('examines a hundred live calls; the next steps continue behind them', () => {
    const store = open(temporaryFile());
    retain(store, DAY);
    within(store, () => {
      for (const callId of named('live', 120)) store.record(eventColumnsOf(anEvent(callId)), t(START));
    });
    const receivedAt = new Date(START).toISOString();
    within(store, () => store.record(eventColumnsOf(anEvent('old', 'ringing', { receivedAt })), t(START)));
    within(store, () => {
      for (const { token } of take(store, START, 200)) store.finish(token, t(START));
    });
    const steps: number[] = [];
    const now = Date.now() + 8 * DAY;
    for (let place: SweepPlace | undefined = FIRST; place !== undefined; ) {
      const after: SweepPlace = place;
      place = within(store, () => store.sweep(after, t(now)));
      steps.push(store.reading.health.counts(t(now)).live);
    }
    expect(steps.at(-1)).toBe(0);
    expect(new Set(steps).size).toBeGreaterThan(2);
  });

  it('recognizes a redelivery in the same transaction', () => {
    const store = open(temporaryFile());
    retain(store, 1);
    recordEnded(store, ['c1'], 'done');
    const [transition] = within(store, () => {
      store.sweep(FIRST, t(START + 2));
      return store.record(eventColumnsOf(anEvent('c1', 'completed')), t(START + 2));
    });
    expect(transition).toBe('duplicate');
  });

  it('keeps the tombstones for seven days after the last event of the call, to the millisecond', () => {
    const store = open(temporaryFile());
    retain(store, 1);
    recordEnded(store, ['c1'], 'done');
    const again = () => within(store, () => store.record(eventColumnsOf(anEvent('c1', 'completed')), t(START)))[0];
    const sweep = (now: number) => within(store, () => store.sweep(FIRST, t(now)));
    sweep(START + 2);
    expect(store.reading.health.counts(t(START))).toMatchObject({ ended: 0 });
    sweep(START + 7 * DAY - 1);
    expect(again()).toBe('duplicate');
    sweep(START + 7 * DAY);
    expect(again()).toBe('advance');
  });
});

it('a sweep stops when the system time steps, and goes on when it is right', () => {
  const store = open(temporaryFile());
  within(store, () => {
    store.record(eventColumnsOf(anEvent('c1', 'completed', { receivedAt: new Date(1).toISOString() })), t(1));
    for (const { token } of take(store, 1)) store.finish(token, t(1));
    store.retain(1);
  });
  const later = t(10_000_000);
  expect(within(store, () => store.sweep(FIRST, { ...later, mono: 10 }))).toBeUndefined();
  expect(store.reading.health.counts(later)).toMatchObject({ ended: 1 });
  within(store, () => store.sweep(FIRST, later));
  expect(store.reading.health.counts(later)).toMatchObject({ ended: 0 });
});
