import { describe, expect, it } from 'vitest';
import type { Leg } from '../event.ts';
import { answeredByLegs } from './legs.ts';

const [DONE, ZERO, GONE, RINGS, NEVER]: readonly [Leg, Leg, Leg, Leg, Leg] = [
  { status: 'completed', durationSeconds: 32 },
  { status: 'completed', durationSeconds: 0 },
  { status: 'canceled', durationSeconds: 0 },
  { status: 'in-progress', durationSeconds: 0 },
  {},
];

describe('a completed call', () => {
  it.each([
    ['was answered where both talked', 12, [], undefined, true],
    ['was answered where the other leg has seconds', undefined, [DONE, DONE], 'outbound', true],
    ['was answered where the other leg completed', undefined, [DONE, { status: 'completed' }], 'outbound', true],
    ['was answered by an agent', undefined, [DONE], 'inbound', true],
    ['was answered by a voicemail', 0, [DONE, { ...ZERO, answeredBy: 'machine' }], 'outbound', true],
    ['was not answered without a conversation', 0, [], undefined, false],
    ['was not where no agent took it', 0, [GONE], 'inbound', false],
    ['was not if no agent took it and no duration is reported', undefined, [GONE], 'inbound', false],
    ['was not where a caller left a message', 0, [DONE], 'inbound', false],
    ['was not where all legs have no seconds', 0, [ZERO, ZERO], 'outbound', false],
    ['was not where only the first party was on the line', undefined, [DONE, GONE], 'outbound', false],
    ['was not where the other leg was never attempted', undefined, [DONE, NEVER], 'inbound', false],
    ['was not where the first party was not reached', undefined, [GONE], 'outbound', false],
    ['may have been if nothing is reported', undefined, [], undefined, null],
    ['may have been if only the first party is reported', undefined, [DONE], 'outbound', null],
    ['may have been where the word is not known', undefined, [DONE, { status: 'unknown' }], 'outbound', null],
    [
      'may have been where a voice was not sure',
      undefined,
      [DONE, { status: 'unknown', answeredBy: 'unknown' }],
      'outbound',
      null,
    ],
  ] as const)('%s', (_, seconds, legs, direction, expected) => {
    expect(answeredByLegs('completed', seconds, legs, direction)).toBe(expected);
  });
});

it.each(['busy', 'no-answer', 'failed', 'canceled'] as const)(
  'a call that is %s was not, unless a leg or seconds say so',
  (status) => {
    expect(answeredByLegs(status, undefined, [], 'outbound')).toBe(false);
    expect(answeredByLegs(status, 0, [DONE, GONE], 'outbound')).toBe(false);
    expect(answeredByLegs(status, 3, [], 'outbound')).toBe(true);
  },
);

it('a call in progress is answered once the other party is on the line', () => {
  expect(answeredByLegs('in-progress', 0, [RINGS, NEVER], 'outbound')).toBe(null);
  expect(answeredByLegs('in-progress', 0, [RINGS, RINGS], 'outbound')).toBe(true);
  expect(answeredByLegs('in-progress', undefined, [], undefined)).toBe(null);
  expect(answeredByLegs('unknown', 0, [ZERO], 'inbound')).toBe(null);
});
