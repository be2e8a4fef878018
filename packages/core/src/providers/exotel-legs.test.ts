import { describe, expect, it } from 'vitest';
import type { Leg } from '../event.ts';
import { isAnswered, legsOf } from './exotel-legs.ts';

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
    ['was not where nobody talked', 0, [], undefined, false],
    ['was not where no agent took it', 0, [GONE], 'inbound', false],
    ['was not where no agent took it, and no seconds are told', undefined, [GONE], 'inbound', false],
    ['was not where a caller left a message', 0, [DONE], 'inbound', false],
    ['was not where all legs have no seconds', 0, [ZERO, ZERO], 'outbound', false],
    ['was not where only the first party was on the line', undefined, [DONE, GONE], 'outbound', false],
    ['was not where the other leg was never attempted', undefined, [DONE, NEVER], 'inbound', false],
    ['was not where the first party was not reached', undefined, [GONE], 'outbound', false],
    ['may have been where nothing is told', undefined, [], undefined, null],
    ['may have been where only the first party is told', undefined, [DONE], 'outbound', null],
    ['may have been where the word is not known', undefined, [DONE, { status: 'unknown' }], 'outbound', null],
    [
      'may have been where a voice was not sure',
      undefined,
      [DONE, { status: 'unknown', answeredBy: 'unknown' }],
      'outbound',
      null,
    ],
  ] as const)('%s', (_, seconds, legs, direction, expected) => {
    expect(isAnswered('completed', seconds, legs, direction)).toBe(expected);
  });
});

it.each(['busy', 'no-answer', 'failed', 'canceled'] as const)(
  'a call that is %s was not, unless a leg or seconds say so',
  (status) => {
    expect(isAnswered(status, undefined, [], 'outbound')).toBe(false);
    expect(isAnswered(status, 0, [DONE, GONE], 'outbound')).toBe(false);
    expect(isAnswered(status, 3, [], 'outbound')).toBe(true);
  },
);

it('a call in progress is answered once the other party is on the line', () => {
  expect(isAnswered('in-progress', 0, [RINGS, NEVER], 'outbound')).toBe(null);
  expect(isAnswered('in-progress', 0, [RINGS, RINGS], 'outbound')).toBe(true);
  expect(isAnswered('in-progress', undefined, [], undefined)).toBe(null);
  expect(isAnswered('unknown', 0, [ZERO], 'inbound')).toBe(null);
});

describe('legs', () => {
  const one = (leg: unknown) => legsOf({ CallSid: 'a', Status: 'completed', Legs: [leg] } as never)[0];

  it('have number, cause and who ended them', () => {
    const leg = {
      Status: ' Completed',
      OnCallDuration: '41',
      Number: ' 15551230001',
      Type: 'single',
      CallerId: '+15551230002',
    };
    expect(one({ ...leg, Cause: '16', CauseCode: 'NORMAL_CLEARING', DisconnectedBy: 'Callee' })).toEqual({
      status: 'completed',
      rawStatus: 'Completed',
      durationSeconds: 41,
      number: '+15551230001',
      type: 'single',
      callerId: '+15551230002',
      cause: 'NORMAL_CLEARING',
      causeCode: 16,
      disconnectedBy: 'callee',
    });
    expect(one({ Cause: 'USER_BUSY', CauseCode: 17 })).toEqual({ cause: 'USER_BUSY', causeCode: 17 });
  });

  it('leave out what is off the scale', () => {
    expect(one({ OnCallDuration: -1, Status: 'null', CauseCode: '-3' })).toEqual({});
    expect(legsOf({ CallSid: 'a', Status: 'completed', Legs: 'none' } as never)).toEqual([]);
  });
});
