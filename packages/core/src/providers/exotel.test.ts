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
    ['1970-01-02 00:00:00', undefined],
    ['2024-13-15 14:30:45', undefined],
    ['yesterday', undefined],
    ['', undefined],
    [null, undefined],
    [1705309245, '2024-01-15T09:00:45.000Z'],
  ])('%j is %j', (DateUpdated, expected) => {
    expect(occurredAt({ DateUpdated })).toBe(expected);
  });

  it('are of the zone that is set', () => {
    expect(occurredAt({ DateUpdated: '2024-01-15 14:30:45' }, { utcOffset: '+08:00' })).toBe(
      '2024-01-15T06:30:45.000Z',
    );
  });

  it('of an end are only those of a terminal event', () => {
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

  it('needs an id, and a status that may be empty', () => {
    expect(definition.recognizes(messageOf(jsonOf({ ...CALL, CallSid: 1 })))).toBe(false);
    expect(definition.recognizes(messageOf(jsonOf({ ...CALL, Status: {} })))).toBe(false);
    expect(definition.recognizes(messageOf(jsonOf({ ...CALL, Status: null })))).toBe(true);
  });
});

it.each(['CallFrom', 'CallTo', 'CallType', 'DialCallStatus', 'CallState'])(
  'what has %s is another request without a status',
  (name) => {
    expect(definition.isCallStatus?.({ CallSid: CALL.CallSid, [name]: 'x' })).toMatch(`It has ${name} and no Status`);
    expect(definition.isCallStatus?.({ CallSid: CALL.CallSid, [name]: '' })).toBe(true);
    expect(definition.isCallStatus?.({ ...CALL, [name]: 'x' })).toBe(true);
  },
);

it.each([
  ['EventType', ' DIAL '],
  ['Status', 'Free '],
  ['SmsSid', 'x'],
])('takes %s = %j for another message, however it is written', (name, value) => {
  expect(definition.isCallStatus?.({ ...CALL, [name]: value })).toMatch(/^It /);
});

it('takes an empty marker for none', () => {
  expect(definition.isCallStatus?.({ ...CALL, SmsSid: ' null ', EventType: '' })).toBe(true);
});

describe('two callbacks', () => {
  const keyOf = (fields: object) => {
    const all = { ...CALL, EventType: 'terminal', EndTime: '2024-01-15 14:30:40', ...fields };
    return definition.eventKey(all, definition.normalize(all, {}));
  };

  it('are two events where their content differs', () => {
    const keys = [
      {},
      { EventType: 'answered' },
      { EndTime: '2024-01-15 14:30:41' },
      { ConversationDuration: 32 },
      { RecordingUrl: 'https://example.com/r' },
      { RecordingUrl: 'https://example.com/r2' },
      { Legs: [{ Status: 'in-progress' }, { Status: null }] },
      { Legs: [{ Status: 'in-progress' }, { Status: 'in-progress' }] },
      { CustomField: 'x' },
    ].map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('are one event where only the time of sending or a signature differs', () => {
    expect(keyOf({ DateUpdated: '2024-01-15 14:35:45' })).toBe(keyOf({ DateUpdated: '2024-01-15 14:30:45' }));
    const signed = (signature: string) => keyOf({ RecordingUrl: `https://example.com/r?Signature=${signature}` });
    expect(signed('one')).toBe(signed('another'));
  });
});

describe('legs', () => {
  const legsOf = (Legs: unknown) => definition.normalize({ ...CALL, Legs }, {}).legs;
  const one = (leg: unknown) => legsOf([leg])?.[0];

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
    expect(legsOf('none')).toBeUndefined();
  });
});

describe('callbackParams', () => {
  it('asks for both events as JSON', () => {
    expect(exotel.callbackParams({ url: 'https://example.com/hook', token: 't' })).toEqual({
      StatusCallback: 'https://example.com/hook?token=t',
      'StatusCallbackEvents[0]': 'terminal',
      'StatusCallbackEvents[1]': 'answered',
      StatusCallbackContentType: 'application/json',
    });
  });

  it('requests the given events', () => {
    const options = {
      url: 'https://example.com/hook',
      events: ['terminal'],
      contentType: 'multipart/form-data',
    } as const;
    expect(exotel.callbackParams(options)).toStrictEqual({
      StatusCallback: 'https://example.com/hook',
      'StatusCallbackEvents[0]': 'terminal',
      StatusCallbackContentType: 'multipart/form-data',
    });
  });

  it.each<[object, string]>([
    [{ event: 'terminal' }, '`event` is no option; here it is `events`.'],
    [
      { contenttype: 'application/json' },
      '`contenttype` is no option; did you mean `contentType`? Known: url, token, events, contentType.',
    ],
    [{ events: ['completed'] }, "`events`: expected ['terminal', 'answered'] or one of them in a list, got a list."],
    [{ events: 'terminal' }, "`events`: expected ['terminal', 'answered'] or one of them in a list, got 'terminal'."],
    [{ contentType: 'xml' }, "`contentType`: expected 'application/json' or 'multipart/form-data', got 'xml'."],
  ])('refuses %j', (own, issue) => {
    expect(() => exotel.callbackParams({ url: 'https://example.com/hook', ...own })).toThrow(
      expect.objectContaining({ code: 'invalid_options', details: { issues: [issue] } }),
    );
  });
});
