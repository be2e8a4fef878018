import { expect, test } from 'vitest';
import { mergeRows, pendingCalls, replayedRows, type ShownRow, withStates } from '../../../app/dead/kept-rows.ts';
import type { Handling } from '../../../src/api/types.ts';

function row(key: string, minute: number, more: Partial<ShownRow> = {}): ShownRow {
  const deadAt = `2026-11-30T10:${String(minute).padStart(2, '0')}:00.000Z`;
  const event = { eventId: `event-${key}`, callKey: `call-${key}`, callId: key, provider: 'acme', status: 'completed' };
  return { key, ...event, attempts: 8, error: 'CRM: 503', deadAt, ...more };
}

const keysOf = (rows: readonly ShownRow[]) => rows.map(({ key, state }) => (state ? `${key} ${state}` : key));

test('what is no dead letter after a replay was replayed, whatever the request named', () => {
  const before = [row('a', 3), row('b', 2), row('c', 1, { state: 'handled' })];
  expect(keysOf(replayedRows(before, [row('b', 2)]))).toEqual(['a due']);
});

test('replayed rows stay in their place', () => {
  const kept = [row('b', 2, { state: 'running' })];
  expect(keysOf(mergeRows(kept, [row('a', 3), row('c', 1)]))).toEqual(['a', 'b running', 'c']);
});

test('an event that failed again is a dead letter again', () => {
  expect(keysOf(mergeRows([row('b', 2, { state: 'retrying' })], [row('b', 9), row('a', 3)]))).toEqual(['b', 'a']);
});

test('only calls with events that are worked on are asked about, each once', () => {
  const rows = [
    row('a', 1, { state: 'due' }),
    row('b', 2, { state: 'running', callKey: 'call-a' }),
    row('c', 3, { state: 'handled' }),
    row('d', 4, { state: 'retrying' }),
    row('e', 5),
  ];
  expect(pendingCalls(rows, 10)).toEqual(['call-a', 'call-d']);
  expect(pendingCalls(rows, 1)).toEqual(['call-a']);
});

test('rows follow the states of their events, and go with a call that is removed', () => {
  const rows = [row('a', 1, { state: 'due' }), row('b', 2, { state: 'due' })];
  const states = new Map<string, Handling['state']>([['event-a', 'handled']]);
  expect(keysOf(withStates(rows, 'call-a', states))).toEqual(['a handled', 'b due']);
  expect(keysOf(withStates(rows, 'call-b', new Map()))).toEqual(['a due']);
});
