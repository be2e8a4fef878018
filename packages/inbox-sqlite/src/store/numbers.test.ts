import { expect, it } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { open, t, within } from '../../test/stores.ts';
import { temporaryFile } from '../../test/support.ts';
import { readSteps } from '../pages.ts';
import { eventColumnsOf } from './rows.ts';

it('a new call does not get the number of an erased one, whose events are removed later', async () => {
  const path = temporaryFile();
  const store = open(path);
  within(store, () => store.record(eventColumnsOf(anEvent('erased')), t(1)));
  within(store, () => store.forgetCall('acme', 'erased', '', t(1)));
  const reopened = open(path);
  within(reopened, () => reopened.record(eventColumnsOf(anEvent('new')), t(2)));
  within(reopened, () => reopened.eraseStep(t(2)));
  const call = await readSteps(reopened.reading.calls.call('acme', 'new', ''));
  expect(call?.events).toHaveLength(1);
});

it('a new event does not get the number of an erased one, which a reader of the feed may have', async () => {
  const path = temporaryFile();
  const store = open(path);
  within(store, () => store.record(eventColumnsOf(anEvent('erased')), t(1)));
  const { next } = await readSteps(store.reading.feed.page({}));
  within(store, () => store.forgetCall('acme', 'erased', '', t(1)));
  // Its events are still there, but not in the feed.
  expect(await readSteps(store.reading.feed.page({}))).toMatchObject({ rows: [], missed: false });
  expect(await readSteps(store.reading.feed.page({ after: '0-0' }))).toMatchObject({ rows: [], missed: true });
  within(store, () => store.eraseStep(t(1)));
  const reopened = open(path);
  within(reopened, () => reopened.record(eventColumnsOf(anEvent('new')), t(2)));
  const page = await readSteps(reopened.reading.feed.page({ after: next }));
  expect(page).toMatchObject({ rows: [{ event: { callId: 'new' } }], missed: false });
});
