import { describe, expect, it } from 'vitest';
import { isCertainLamlCallStatus, isLamlCallStatus, isMarkedLamlCallStatus } from './messages.ts';

const STATUS = { CallSid: 'a', CallStatus: 'completed', CallDuration: '13' };

const MARKERS = {
  '<Dial>': ['DialCallStatus', 'DialCallSid', 'DialCallSID'],
  '<Gather>': ['Digits', 'SpeechResult', 'UnstableSpeechResult', 'FinishedOnKey'],
  recording: ['RecordingStatus'],
  transcription: ['TranscriptionSid', 'TranscriptionStatus', 'TranscriptionText', 'TranscriptionEvent'],
  conference: ['ConferenceSid'],
  queue: ['QueueSid', 'QueueResult', 'QueuePosition', 'DequeingCallSid'],
  '<Refer>': ['ReferCallStatus', 'ReferSipResponseCode', 'NotifySipResponseCode', 'ReferTransferTarget'],
  '<VirtualAgent>': ['VirtualAgentStatus', 'VirtualAgentProvider', 'VirtualAgentError'],
  '<ConversationRelay>': ['SessionStatus', 'HandoffData'],
  '<Pay>': ['PaymentMethod', 'PayErrorCode', 'PaymentError', 'PaymentToken', 'PaymentConfirmationCode', 'Result'],
  '<Stream>': ['StreamSid', 'StreamEvent', 'StreamError'],
  '<Siprec>': ['SiprecSid', 'SiprecEvent', 'SiprecError'],
  'text message': ['MessageSid', 'MessageStatus', 'SmsSid', 'SmsStatus', 'SmsMessageSid'],
  fax: ['FaxSid', 'FaxStatus'],
  error: ['ErrorUrl'],
};
const ALL = Object.entries(MARKERS).flatMap(([message, names]) => names.map((name) => ({ message, name })));

describe.each(ALL)('$name', ({ message, name }) => {
  it(`marks a message of its own, also where it has a status: ${message}`, () => {
    for (const value of ['x', ' 0 ', 0, ['x', 'x'], { a: 'x' }]) {
      const other = isLamlCallStatus({ ...STATUS, [name]: value });
      expect(other).toMatch(new RegExp(`^It has ${name}: .*${message}`));
      expect(isCertainLamlCallStatus({ ...STATUS, [name]: value })).toBe(false);
    }
  });

  it.each([[''], [' '], [null], ['null'], [' NULL '], [[]], [['', null]], [{}], [undefined]])(
    'marks nothing without a value: %j',
    (value) => {
      expect(isLamlCallStatus({ ...STATUS, [name]: value })).toBe(true);
      expect(isCertainLamlCallStatus({ ...STATUS, [name]: value })).toBe(true);
    },
  );

  it('marks nothing in a callback that says that it is a status callback', () => {
    const certain = { ...STATUS, CallbackSource: ' Call-Progress-Events ', [name]: 'x' };
    expect(isLamlCallStatus(certain)).toBe(true);
    expect(isLamlCallStatus({ ...certain, CallbackSource: 'another-source' })).not.toBe(true);
  });
});

it.each(['AnsweredBy', 'MachineDetectionDuration', 'StatusCallbackEvent', 'RecordingSid', 'RecordingUrl'])(
  'what has %s is another message without a status',
  (name) => {
    expect(isLamlCallStatus({ CallSid: 'a', [name]: 'x' })).toMatch(`It has ${name}`);
    expect(isLamlCallStatus({ CallSid: 'a', [name]: '' })).toBe(true);
    expect(isLamlCallStatus({ ...STATUS, [name]: 'x' })).toBe(true);
    expect(isLamlCallStatus({ CallSid: 'a', CallStatus: null, [name]: 'x' })).toBe(true);
  },
);

it.each(['conference-end', 'participant-join', 'Participant-Leave', 'announcement-end'])(
  'an event of a conference is another message: %s',
  (event) => {
    expect(isLamlCallStatus({ ...STATUS, StatusCallbackEvent: event })).toBe('It is of a conference.');
    expect(isLamlCallStatus({ ...STATUS, StatusCallbackEvent: 'completed' })).toBe(true);
  },
);

describe('the action of <Record>', () => {
  const action = {
    CallSid: 'a',
    CallStatus: 'in-progress',
    RecordingUrl: 'https://example.com/r',
    RecordingDuration: 3,
  };

  it('is another message, for which the call waits', () => {
    expect(isLamlCallStatus(action)).toMatch('<Record>');
    expect(isLamlCallStatus({ ...action, CallStatus: ' Ringing' })).toMatch('<Record>');
  });

  it('is no other message where the call has ended, or a status callback is proved', () => {
    expect(isLamlCallStatus({ ...action, CallStatus: 'completed' })).toBe(true);
    expect(isLamlCallStatus({ ...action, Timestamp: 'Thu, 25 Jun 2026 20:26:02 +0000' })).toBe(true);
    expect(isLamlCallStatus({ ...action, RecordingUrl: '' })).toBe(true);
  });
});

it.each([
  [{ event_type: 'calling.call.state', params: { call_id: 'a', call_state: 'answered' } }],
  [{ call_id: 'a', call_state: 'ended' }],
  [{ call: { call_id: 'a', call_state: 'created' }, vars: {} }],
])('a call state of SWML or Relay says that it is one: %j', (fields) => {
  expect(isLamlCallStatus(fields)).toMatch('only the Compatibility API');
  expect(isLamlCallStatus({ ...STATUS, ...fields })).toBe(true);
});

it('what has none of them is a call status, valid or not', () => {
  expect(isLamlCallStatus({ CallSid: 'a' })).toBe(true);
  expect(isLamlCallStatus({})).toBe(true);
});

it.each(['CallbackSource', 'Timestamp', 'SequenceNumber', 'CallDuration'])('what has %s is one for certain', (name) => {
  expect(isCertainLamlCallStatus({ CallSid: 'a', CallStatus: 'completed', [name]: 'x' })).toBe(true);
  expect(isCertainLamlCallStatus({ CallSid: 'a', CallStatus: 'completed', [name]: ' null' })).toBe(false);
});

it('call id and status with no other field may be a request for XML', () => {
  expect(isCertainLamlCallStatus({ CallSid: 'a', CallStatus: 'completed' })).toBe(false);
});

describe('where every status callback is marked', () => {
  it.each([
    [{ CallSid: 'a', CallStatus: 'ringing' }, 'It is a request for XML: the call is live, and it has none of'],
    [{ CallSid: 'a', CallStatus: 'in-progress', Digits: '1' }, 'It has Digits: it is the action of <Gather>.'],
  ])('%o is another message', (fields, reason) => {
    expect(isMarkedLamlCallStatus(fields)).toContain(reason);
  });

  it.each([
    { CallSid: 'a', CallStatus: 'ringing', CallbackSource: 'call-progress-events' },
    { CallSid: 'a', CallStatus: 'ringing', SequenceNumber: '0' },
    { CallSid: 'a', CallStatus: 'busy' },
  ])('%o is a call status', (fields) => {
    expect(isMarkedLamlCallStatus(fields)).toBe(true);
  });
});
