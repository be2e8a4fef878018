import { expect, it } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { columnsOf } from './rows.ts';

/** The columns of its call that an event provides. */
const detailsOf = (more: object) => columnsOf({ ...anEvent('c1'), ...more }).slice(7, 14);

it('an event provides the columns of its call', () => {
  const more = { direction: 'inbound', from: '+15550100001', to: '+15550100002', answered: true, durationSeconds: 1.5 };
  expect(detailsOf(more)).toEqual(['inbound', '+15550100001', '+15550100002', 1, 1.5, null, null]);
  expect(detailsOf({ answered: false })).toEqual([null, null, null, 0, null, null, null]);
  expect(detailsOf({})).toEqual(Array.from({ length: 7 }, () => null));
  const [receivedAt, occurredAt] = ['2026-03-02T09:00:02.000Z', '2026-03-02T09:00:01.000Z'];
  const timesOf = (times: object) => detailsOf({ status: 'in-progress', receivedAt, ...times }).slice(5);
  expect(timesOf({})).toEqual([null, Date.parse(receivedAt)]);
  expect(timesOf({ occurredAt, answeredAt: receivedAt })).toEqual([Date.parse(receivedAt), Date.parse(occurredAt)]);
});

it('values of another type, or with NUL, do no harm', () => {
  const more = { direction: 7, from: { a: 1 }, to: 'a\0b', answered: 'yes', durationSeconds: '5' };
  expect(detailsOf(more)).toEqual([null, null, 'a\ufffdb', null, null, null, null]);
  expect(detailsOf({ status: 'in-progress', answeredAt: 7, occurredAt: 'now' }).slice(5)).toEqual([null, null]);
  expect(detailsOf({ durationSeconds: Number.NaN })[4]).toBeNull();
});
