import { expect, it } from 'vitest';
import { isCertainLamlCallStatus, isLamlCallStatus } from './laml.ts';

const STATUS = { CallSid: 'a', CallStatus: 'completed', Timestamp: 'Thu, 25 Jun 2026 20:26:02 +0000' };

it.each([
  'DialCallStatus',
  'DialCallSid',
  'DialCallSID',
  'RecordingStatus',
  'Digits',
  'SpeechResult',
  'MessageSid',
  'SmsSid',
  'ConferenceSid',
  'StreamSid',
  'QueueSid',
  'QueueResult',
  'PaymentMethod',
  'PayErrorCode',
])('what has %s is another request, though it be empty and have a status', (name) => {
  expect(isLamlCallStatus({ ...STATUS, [name]: '' })).toBe(false);
  expect(isCertainLamlCallStatus({ ...STATUS, [name]: '' })).toBe(false);
});

it.each(['AnsweredBy', 'MachineDetectionDuration', 'StatusCallbackEvent'])(
  'what has %s is another request without a status',
  (name) => {
    expect(isLamlCallStatus({ CallSid: 'a', [name]: 'x' })).toBe(false);
    expect(isLamlCallStatus({ ...STATUS, [name]: 'x' })).toBe(true);
  },
);

it('what has none of them is a call status, valid or not', () => {
  expect(isLamlCallStatus({ CallSid: 'a' })).toBe(true);
  expect(isLamlCallStatus({})).toBe(true);
});

it.each(['CallbackSource', 'Timestamp', 'SequenceNumber', 'CallDuration'])('what has %s is one for certain', (name) => {
  expect(isCertainLamlCallStatus({ CallSid: 'a', CallStatus: 'completed', [name]: 'x' })).toBe(true);
});

it('call id and status alone may be a request for XML', () => {
  expect(isCertainLamlCallStatus({ CallSid: 'a', CallStatus: 'completed' })).toBe(false);
});
