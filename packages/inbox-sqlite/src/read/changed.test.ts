import { expect, it } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { open, t, within } from '../../test/stores.ts';
import { temporaryFile } from '../../test/support.ts';
import { readSteps } from '../pages.ts';
import { eventColumnsOf } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

/** A store with calls, each recorded a second after the one before. */
function filled(calls: number): Store {
  const store = open(temporaryFile());
  within(store, () => {
    for (let at = 0; at < calls; at++) {
      store.record(
        eventColumnsOf(anEvent(`c${at}`, 'ringing', { receivedAt: new Date(at * 1000).toISOString() })),
        t(at),
      );
    }
  });
  return store;
}

it('too many changes to look at are found as other calls are', async () => {
  const store = filled(2200);
  const changed = async (since: number, limit: number) => {
    const page = await readSteps(store.reading.lists.page({ changedSince: new Date(since * 1000), limit }, t(0)));
    return [page.rows.length, page.rows[0]?.callId, page.rows.at(-1)?.callId, page.next !== undefined];
  };
  expect(await changed(199, 3)).toEqual([3, 'c2199', 'c2197', true]);
  expect(await changed(200, 3)).toEqual([3, 'c2199', 'c2197', true]);
  expect(await changed(2198, 3)).toEqual([2, 'c2199', 'c2198', false]);
  expect(await changed(2200, 3)).toEqual([0, undefined, undefined, false]);
});

it('a call that is removed while a page is read is left out', () => {
  const store = filled(60);
  const page = store.reading.lists.page({ limit: 60 }, t(0));
  let step = page.next();
  within(store, () => store.forgetCall('acme', 'c0', '', t(0)));
  while (step.done !== true) step = page.next();
  expect(step.value.rows).toHaveLength(59);
});
