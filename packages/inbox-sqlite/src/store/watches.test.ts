import type { NewWatch } from '@call-status/core/inbox';
import { expect, it } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { FIRST, open, t, within } from '../../test/stores.ts';
import { temporaryFile } from '../../test/support.ts';
import { eventColumnsOf } from './rows.ts';
import type { SweepPlace } from './sweep.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);

const watch = (callId: string, dueInMs = 1000): NewWatch => ({ provider: 'acme', callId, dueInMs });

it('a check that another clock set far ahead is due after its time, once the file is opened again', () => {
  const path = temporaryFile();
  const store = open(path);
  within(store, () => store.addWatches([watch('c1')], t(START)));
  expect(store.reading.watches.due(10, t(0)).nextInMs).toBe(START + 1000);
  expect(open(path).reading.watches.due(10, t(0)).nextInMs).toBe(1000);
});

it('a check that another clock set far ahead is due after its time, once the file is swept', () => {
  const store = open(temporaryFile());
  within(store, () => store.addWatches([watch('c1', 5000)], t(START)));
  expect(within(store, () => store.maySweep(1000, t(10_000)))).toBe('yes');
  expect(store.reading.watches.due(10, t(10_000)).nextInMs).toBe(5000);
});

it('a leader whose time another clock set far ahead leads no longer', () => {
  const store = open(temporaryFile());
  const lead = (owner: string, now: number) => within(store, () => store.lead(owner, 1000, t(now)));
  expect([lead('a', START), lead('b', START + 999)]).toEqual([true, false]);
  expect([lead('b', 5), lead('a', 5)]).toEqual([true, false]);
});

it('a sweep examines a hundred watches in a step, and removes those without a call', () => {
  const store = open(temporaryFile());
  const names = Array.from({ length: 250 }, (_, at) => `c${at}`);
  within(store, () => {
    store.retain(DAY_MS);
    store.addWatches(
      names.map((name) => watch(name)),
      t(START),
    );
    for (const name of names.slice(0, 130)) {
      const receivedAt = new Date(START + 6 * DAY_MS).toISOString();
      store.record(eventColumnsOf(anEvent(name, 'ringing', { receivedAt })), t(START));
    }
  });
  const left: number[] = [];
  for (let place: SweepPlace | undefined = FIRST; place !== undefined; ) {
    const after: SweepPlace = place;
    place = within(store, () => store.sweep(after, t(START + 7 * DAY_MS + 1)));
    left.push(store.reading.watches.due(1000, t(START + DAY_MS)).rows.length);
  }
  expect([...new Set(left)]).toEqual([250, 180, 130]);
});

it('a page of a state examines a thousand watches at most, and the next one goes on', () => {
  const store = open(temporaryFile());
  const names = Array.from({ length: 1500 }, (_, at) => `c${at}`);
  within(store, () => store.addWatches([{ ...watch('first'), expected: {} }], t(START)));
  within(store, () =>
    store.addWatches(
      names.map((name) => watch(name)),
      t(START + 1),
    ),
  );
  const page = (cursor?: string) => {
    const steps = store.reading.watches.page({ state: 'expected', ...(cursor && { cursor }) }, t(START + 2));
    for (let pauses = 0; ; pauses++) {
      const step = steps.next();
      if (step.done) return { ...step.value, pauses };
    }
  };
  const first = page();
  expect([first.rows, first.pauses]).toEqual([[], 19]);
  const second = page(first.next);
  expect(second.rows.map(({ callId }) => callId)).toEqual(['first']);
  expect(second.next).toBeUndefined();
});
