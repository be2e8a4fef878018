import { expect, it } from 'vitest';
import type { AnyCallStatusEvent } from '../../event.ts';
import { feedCursor, timeCursor } from './cursors.ts';
import { errorGroupOf } from './error-group.ts';
import { digitsOf, searchOf } from './search.ts';
import { deadLetterOf, storedText } from './stored.ts';

it('the digits of a number', () => {
  expect(digitsOf('+1 (555) 010-0001')).toBe('15550100001');
  expect(digitsOf('sip:+15550100001@10.0.0.7:5060')).toBe('15550100001');
  expect(digitsOf('123')).toBeNull();
  expect(digitsOf('anonymous')).toBeNull();
  expect(digitsOf('5'.repeat(300))).toHaveLength(32);
});

it('a search looks for a call id, and for a number only if it is written as one', () => {
  expect(searchOf('CA1234')).toEqual({ callIdPrefix: 'CA1234' });
  expect(searchOf('+1 (555).010-')).toEqual({ callIdPrefix: '+1 (555).010-', digits: '1555010' });
  expect(searchOf('555')).toEqual({ callIdPrefix: '555' });
  expect(searchOf('%_%')).toEqual({ callIdPrefix: '%_%' });
  for (const text of ['CA\0', 'CA\ud800']) expect(searchOf(text)).toEqual({});
});

it.each([
  ['No user 17 in region "eu-1"', 'No user * in region *'],
  ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED *:*'],
  ['GET https://api.example/v1/users?id=7 failed', 'GET * failed'],
  ['ana@example.com is unknown', '* is unknown'],
  ['Job 0f8fad5b-d9cb-469f-a165-70867728950e and CA0123456789abcdef', 'Job * and *'],
  ['req_9f8a7b6c5d timed out after 30.5 s', 'req_* timed out after * s'],
  ["can't read 'foo', `bar`, “baz” or ‘qux’", "can't read *, *, * or *"],
  ['deadbeef-facade stays', 'deadbeef-facade stays'],
  ['  TypeError: x is not a function\n    at a.js:1:2', 'TypeError: x is not a function'],
  ['a\0b', 'a\ufffdb'],
  ['', ''],
])('the group of the error %j', (text, group) => {
  expect(errorGroupOf(text)).toBe(group);
});

it('the group of a long error is short', () => {
  expect(errorGroupOf('x'.repeat(100_000))).toHaveLength(200);
});

it('a cursor of a list is a place', () => {
  const place = { at: -1_767_225_600_000, row: 7 };
  expect(timeCursor.decode(timeCursor.encode(place))).toEqual(place);
  expect(timeCursor.decode(undefined)).toEqual({ at: Number.MAX_SAFE_INTEGER, row: 0 });
  expect(timeCursor.is(timeCursor.encode(place))).toBe(true);
  for (const text of ['', '7', '1-', '-1', '1-2-3', '1--2', '1-12345678901234567']) {
    expect(timeCursor.is(text), text).toBe(false);
  }
});

it('a cursor of the feed is a place and what was reported as removed', () => {
  const place = { row: 12, removed: 3 };
  expect(feedCursor.decode(feedCursor.encode(place))).toEqual(place);
  expect(feedCursor.is('12-3')).toBe(true);
  for (const text of ['', 'end', '12', '-12-3', '1-2-3']) expect(feedCursor.is(text), text).toBe(false);
});

it('a dead letter is built from its row', () => {
  const event: Partial<AnyCallStatusEvent> = { id: 'e1', callId: 'c1' };
  const stored = { event: JSON.stringify(event), transition: 'advance' } as const;
  const row = { ...stored, failures: 3, error: 'boom', handler: null, dead_at: 0 };
  const letter = {
    event: { ...event, transition: 'advance' },
    attempts: 3,
    error: 'boom',
    deadAt: '1970-01-01T00:00:00.000Z',
  };
  expect(deadLetterOf(row)).toEqual(letter);
  expect(deadLetterOf({ ...row, handler: 'onCompleted' })).toEqual({ ...letter, handler: 'onCompleted' });
});

it('a stored text has no character that a store would change', () => {
  expect(storedText('a\0\ud800\u{1f600}', 256)).toBe('a\ufffd\ufffd\u{1f600}');
  expect(storedText('\u{1f600}\u{1f600}', 3)).toBe('\u{1f600}\ufffd');
  expect(storedText(7, 256)).toBeNull();
});
