import { describe, expect, it } from 'vitest';
import { formOf, jsonOf, messageOf } from '../../test/message-of.ts';
import { exotel } from './exotel.ts';

const { definition } = exotel;
const CALL = { CallSid: '80bfbec2d78bbbf10fb851f4fa165211', Status: 'completed' };

describe('times', () => {
  const occurredAt = (fields: object, options = {}) => definition.normalize({ ...CALL, ...fields }, options).occurredAt;

  it.each([
    ['2024-01-15 14:30:45', '2024-01-15T09:00:45.000Z'],
    ['2024-01-15T14:30:45', '2024-01-15T09:00:45.000Z'],
    ['2024-01-15 14:30:45+02:00', '2024-01-15T12:30:45.000Z'],
    ['2024-01-15T14:30:45Z', '2024-01-15T14:30:45.000Z'],
    ['1970-01-01 05:30:00', undefined],
    ['1970-01-01 05:30:00+05:30', undefined],
    ['1970-01-01 00:00:00', undefined],
    ['1970-01-02 00:00:00', '1970-01-01T18:30:00.000Z'],
    ['2024-13-15 14:30:45', undefined],
    ['yesterday', undefined],
    ['', undefined],
    [null, undefined],
    [1705309245, undefined],
  ])('%j is %j', (DateUpdated, expected) => {
    expect(occurredAt({ DateUpdated })).toBe(expected);
  });

  it('are of the zone that is set', () => {
    expect(occurredAt({ DateUpdated: '2024-01-15 14:30:45' }, { utcOffset: '+08:00' })).toBe(
      '2024-01-15T06:30:45.000Z',
    );
  });

  it('of an end are those of a terminal event alone', () => {
    const times = { DateUpdated: '2024-01-15 14:30:45', EndTime: '2024-01-15 14:30:40' };
    expect(occurredAt({ ...times, EventType: 'terminal' })).toBe('2024-01-15T09:00:40.000Z');
    expect(occurredAt({ ...times, EventType: 'answered' })).toBe('2024-01-15T09:00:45.000Z');
  });
});

describe('recognition', () => {
  it.each([
    ['a call and its status', CALL, true],
    ['an id in upper case', { ...CALL, CallSid: CALL.CallSid.toUpperCase() }, false],
    ['a longer id', { ...CALL, CallSid: `${CALL.CallSid}0` }, false],
    ['no id', { Status: 'completed' }, false],
    ['no status', { CallSid: CALL.CallSid }, false],
    ['a status of another provider', { ...CALL, CallStatus: 'completed' }, false],
    ['a popup', { ...CALL, EventType: 'Dial' }, false],
  ])('of %s', (_, fields, expected) => {
    expect(definition.recognizes(messageOf(formOf(fields)))).toBe(expected);
  });

  it('needs texts', () => {
    expect(definition.recognizes(messageOf(jsonOf({ ...CALL, CallSid: 1 })))).toBe(false);
    expect(definition.recognizes(messageOf(jsonOf({ ...CALL, Status: null })))).toBe(false);
  });
});

it.each(['CallFrom', 'CallTo', 'CallType', 'DialCallStatus', 'CallState'])(
  'what has %s is another request without a status',
  (name) => {
    expect(definition.isCallStatus?.({ CallSid: CALL.CallSid, [name]: 'x' })).toBe(false);
    expect(definition.isCallStatus?.({ ...CALL, [name]: 'x' })).toBe(true);
  },
);

it('keys events by type, status, recording and legs', () => {
  const Legs = [{ Status: 'in-progress' }, { Status: null }];
  expect(definition.eventKey({ ...CALL, EventType: 'answered', Status: 'in-progress', Legs }, {} as never)).toBe(
    'answered|in-progress||in-progress',
  );
  for (const signature of ['one', 'another']) {
    const RecordingUrl = `https://example.com/r?Signature=${signature}`;
    expect(definition.eventKey({ ...CALL, RecordingUrl }, {} as never)).toBe('|completed|recorded');
  }
});

describe('callbackUrl', () => {
  it('asks for both events as JSON', () => {
    expect(exotel.callbackUrl({ url: 'https://example.com/hook', token: 't' })).toEqual({
      StatusCallback: 'https://example.com/hook?token=t',
      'StatusCallbackEvents[0]': 'terminal',
      'StatusCallbackEvents[1]': 'answered',
      StatusCallbackContentType: 'application/json',
    });
  });

  it('asks for what it is told', () => {
    const options = {
      url: 'https://example.com/hook',
      events: ['terminal'],
      contentType: 'multipart/form-data',
    } as const;
    expect(exotel.callbackUrl(options)).toStrictEqual({
      StatusCallback: 'https://example.com/hook',
      'StatusCallbackEvents[0]': 'terminal',
      StatusCallbackContentType: 'multipart/form-data',
    });
  });
});
