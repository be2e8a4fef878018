import { expect, it } from 'vitest';
import { anEvent } from '../test/events.ts';
import { rowOf } from './row-of.ts';

/** The columns of a call that an event tells. */
const columnsOf = (more: object) => rowOf({ ...anEvent('c1'), ...more }).slice(7, 12);

it('an event tells the columns of its call', () => {
  const more = { direction: 'inbound', from: '+15550100001', to: '+15550100002', answered: true, durationSeconds: 1.5 };
  expect(columnsOf(more)).toEqual(['inbound', '+15550100001', '+15550100002', 1, 1.5]);
  expect(columnsOf({ answered: false })).toEqual([null, null, null, 0, null]);
  expect(columnsOf({})).toEqual([null, null, null, null, null]);
});

it('what is of another type, or has NUL in it, does no harm', () => {
  const more = { direction: 7, from: { a: 1 }, to: 'a\0b', answered: 'yes', durationSeconds: '5' };
  expect(columnsOf(more)).toEqual([null, null, 'a\ufffdb', null, null]);
  expect(columnsOf({ durationSeconds: Number.NaN })[4]).toBeNull();
});
