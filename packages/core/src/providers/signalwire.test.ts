import { describe, expect, it } from 'vitest';
import { formOf, messageOf } from '../../test/message-of.ts';
import { definition } from '../../test/signalwire-signatures.ts';
import { signalwire } from './signalwire.ts';

describe('recognition', () => {
  const fields = { CallSid: '7c9e6679-7425-40de-944b-e07fc1f90ae7', CallStatus: 'ringing', SequenceNumber: '1' };

  it.each([
    ['a bare UUID and a field of status callbacks', fields, {}, true],
    ['another id', { ...fields, CallSid: 'CA1234567890abcdef' }, {}, false],
    ['another id, signed', { ...fields, CallSid: 'CA1' }, { 'x-signalwire-signature': 'x' }, true],
    ['another id, signed with SHA-256', { ...fields, CallSid: 'CA1' }, { 'x-signalwire-sha256-signature': 'x' }, true],
    ['another id, signed under the alias', { ...fields, CallSid: 'CA1' }, { 'x-twilio-signature': 'x' }, false],
    [
      'a signed request for cXML',
      { CallSid: fields.CallSid, CallStatus: 'ringing' },
      { 'x-signalwire-signature': 'x' },
      false,
    ],
    ['no status', { CallSid: fields.CallSid, SequenceNumber: '1' }, {}, false],
    ['no call', { CallStatus: 'ringing', SequenceNumber: '1' }, {}, false],
  ])('of %s', (_, sent, headers, expected) => {
    expect(definition.recognizes(messageOf(formOf(sent, '/', headers)))).toBe(expected);
  });
});

describe('recognition where SignalWire is named', () => {
  const call = '/?CallSid=7c9e6679&CallStatus=completed';

  it.each([
    ['a call and a status', call, {}, true],
    ['only a call id', '/?CallSid=7c9e6679', {}, true],
    ['nothing', '/?token=x', {}, false],
    ['a signature', '/', { 'x-signalwire-signature': 'x' }, true],
    ['a signature under the alias', '/', { 'x-twilio-signature': 'x' }, true],
    ['a signature with SHA-256', '/', { 'x-signalwire-sha256-signature': 'x' }, true],
    ['a signature with SHA-256 under the alias', '/', { 'x-twilio-sha256-signature': 'x' }, true],
  ] as const)('of a GET with %s', (_, url, headers, expected) => {
    const callback = messageOf({ method: 'GET', url, headers });
    expect(definition.recognizes(callback, true)).toBe(expected);
    expect(definition.recognizes(callback)).toBe(false);
  });
});

describe('callbackParams', () => {
  it('asks for every event by POST', () => {
    expect(signalwire.callbackParams({ url: 'https://example.com/hook#rt=5000' })).toEqual({
      StatusCallback: 'https://example.com/hook#rt=5000',
      StatusCallbackMethod: 'POST',
      StatusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    });
  });

  it('requests the given events', () => {
    const options = {
      url: 'https://example.com/hook?a=1#rt=5000',
      token: 't',
      method: 'GET',
      events: ['completed'],
    } as const;
    expect(signalwire.callbackParams(options)).toEqual({
      StatusCallback: 'https://example.com/hook?a=1&token=t#rt=5000',
      StatusCallbackMethod: 'GET',
      StatusCallbackEvent: ['completed'],
    });
  });

  it('makes attributes of cXML', () => {
    expect(signalwire.callbackAttributes({ url: 'https://example.com/hook', token: 't' })).toEqual({
      statusCallback: 'https://example.com/hook?token=t',
      statusCallbackMethod: 'POST',
      statusCallbackEvent: 'initiated ringing answered completed',
    });
  });
});

const formOfCall = (fields: object) => definition.normalize({ CallSid: 'a', CallStatus: 'completed', ...fields }, {});

it('tells who picked up, if SignalWire does', () => {
  expect(formOfCall({ AnsweredBy: 'machine_end_beep', MachineDetectionDuration: '4200' })).toMatchObject({
    answeredBy: 'machine',
    machineDetection: { result: 'machine_end_beep', durationMs: 4200 },
  });
});

it.each([
  [{ HangupBy: '+15551230001' }, { by: 'caller', number: '+15551230001' }],
  [
    { HangupBy: ' 15551230002', HangupDirection: 'Outbound' },
    { by: 'callee', number: '+15551230002', direction: 'outbound' },
  ],
  [{ HangupBy: '+15551230003' }, { number: '+15551230003' }],
  [{ HangupBy: '+15551230001', To: '+15551230001' }, { number: '+15551230001' }],
  [{ DialSipHangupDirection: 'inbound' }, { direction: 'inbound' }],
  [{}, undefined],
])('tells who hung up: %j', (fields, expected) => {
  expect(formOfCall({ From: '+15551230001', To: '+15551230002', ...fields }).hangup).toEqual(expected);
});

it.each([
  [{ CallStatus: 'completed' }, true],
  [{ CallStatus: 'completed', CallDuration: '9' }, true],
  [{ CallStatus: 'completed', CallDuration: '0' }, null],
  [{ CallStatus: 'completed', CallDuration: '0', AnsweredBy: 'machine_start' }, true],
  [{ CallStatus: 'completed', CallDuration: '0', AnsweredBy: 'unknown' }, null],
  [{ CallStatus: 'failed' }, false],
  [{ CallStatus: 'failed', CallDuration: '9' }, true],
  [{ CallStatus: 'failed', AnsweredBy: 'human' }, null],
  [{ CallStatus: 'in-progress' }, undefined],
  [{ CallStatus: 'busy' }, undefined],
])('tells whether the call was answered: %j', (fields, expected) => {
  expect(formOfCall(fields).answered).toBe(expected);
});

it.each([
  ['AudioInMos', '0', undefined],
  ['AudioInMos', '5.5', undefined],
  ['AudioInMos', '4.3', { mos: 4.3 }],
  ['AudioInMediaPacketCount', '-1', undefined],
  ['AudioInSkipPacketCount', '2', { packetsLost: 2 }],
])('leaves out figures that are off their scale: %s=%s', (name, value, expected) => {
  expect(formOfCall({ [name]: value }).quality).toEqual(expected);
});
