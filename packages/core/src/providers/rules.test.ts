// One table runs each rule of reading over all providers, fields and encodings.
import { describe, expect, it } from 'vitest';
import { type Encoding, encode, type Pairs } from '../../test/encode-pairs.ts';
import { messageOf, type Sent } from '../../test/message-of.ts';
import { normalize } from '../../test/normalized.ts';
import { isCallStatusError } from '../errors.ts';
import type { Provider } from '../provider/define-provider.ts';
import { exotel } from './exotel.ts';
import { mycpaas } from './mycpaas.ts';
import { signalwire } from './signalwire.ts';
import { voicedock } from './voicedock.ts';

interface Subject {
  readonly provider: Provider;
  readonly encodings: readonly Encoding[];
  readonly id: string;
  readonly status: string;
  readonly texts: readonly string[];
  readonly phones: readonly string[];
  readonly numbers: readonly string[];
  readonly times: readonly string[];
  readonly markers: readonly string[];
  /** What every callback has beside them. */
  readonly rest: Pairs;
}

const FLAT: readonly Encoding[] = ['form', 'multipart', 'JSON', 'parsed form', 'parsed JSON'];

const LAML = {
  id: 'CallSid',
  status: 'CallStatus',
  texts: ['CallerName', 'ParentCallSid', 'AccountSid', 'RecordingUrl', 'ErrorMessage', 'AnsweredBy', 'Direction'],
  phones: ['From', 'To', 'ForwardedFrom', 'HangupBy'],
  numbers: ['CallDuration', 'RecordingDuration', 'AudioInMediaPacketCount', 'MachineDetectionDuration'],
  times: ['Timestamp'],
  markers: ['DialCallStatus', 'Digits', 'ConferenceSid', 'MessageSid', 'TranscriptionSid', 'VirtualAgentStatus'],
  rest: [],
} as const;

const SUBJECTS: readonly Subject[] = [
  { provider: signalwire(), encodings: [...FLAT, 'query'], ...LAML },
  { provider: mycpaas(), encodings: FLAT, ...LAML },
  {
    provider: exotel(),
    encodings: FLAT,
    id: 'CallSid',
    status: 'Status',
    texts: ['RecordingUrl', 'CustomField', 'Direction', 'Legs.0.AnsweredBy', 'Legs.0.Status', 'AgentEmail', 'Cause'],
    phones: ['From', 'To', 'PhoneNumberSid', 'DialWhomNumber', 'Legs.0.Number'],
    numbers: ['ConversationDuration', 'Duration', 'Legs.0.OnCallDuration'],
    times: ['StartTime', 'EndTime', 'DateUpdated'],
    markers: ['SmsSid'],
    rest: [['Legs.0.CauseCode', '16']],
  },
  {
    provider: voicedock(),
    encodings: ['JSON', 'parsed JSON'],
    id: 'message.call.id',
    status: 'message.call.status',
    texts: ['message.error', 'message.end_reason', 'message.phone_number.name', 'message.phone_number.id'],
    phones: ['message.customer.number', 'message.phone_number.number'],
    numbers: [],
    times: ['message.timestamp'],
    markers: [],
    rest: [
      ['message.type', 'status-update'],
      ['message.call.type', 'inbound_phone_call'],
    ],
  },
];

const NAMES = SUBJECTS.map(({ provider }) => provider.name);

it('are checked for these', () => {
  expect([...NAMES].sort()).toEqual(['exotel', 'mycpaas', 'signalwire', 'voicedock']);
});

const CASES = SUBJECTS.flatMap((subject) =>
  subject.encodings.map((encoding) => [`${subject.provider.name}, ${encoding}`, subject, encoding] as const),
);

describe.each(CASES)('%s', (_, subject, encoding) => {
  const base: Pairs = [[subject.id, 'call-1'], [subject.status, 'completed'], ...subject.rest];
  const read = (...more: Pairs) => eventOf(subject.provider, encode([...base, ...more], encoding));
  const without = (path: string) => base.filter(([name]) => name !== path);
  const nothing = encoding.endsWith('JSON') ? [null, '', ' ', 'null', ' NULL '] : ['', ' ', 'null', ' NULL '];
  const { id, status, texts, phones, numbers, times, markers } = subject;

  it.each([...texts, ...phones, ...numbers, ...times])('%s is absent where it says nothing', (path) => {
    for (const value of nothing) expect(read([path, value])).toEqual(read());
  });

  it.each([...texts, ...phones])('%s is a text, and white space around it means nothing', (path) => {
    const value = sayingValue(path);
    const plain = read([path, value]);
    expect(plain).not.toEqual(read());
    expect(read([path, `${value}\t`])).toEqual(plain);
  });

  it.each([...texts, ...phones])('%s has one value if it comes twice with one, and none with two', (path) => {
    const value = sayingValue(path);
    const once = read([path, value]);
    expect(read([path, value], [path, value])).toEqual(once);
    expect(read([path, ''], [path, value])).toEqual(once);
    // Behind the query of the callback URL stand the fields of the provider.
    expect(read([path, 'other'], [path, value])).toEqual(encoding === 'query' ? once : read());
  });

  it.each(phones)('%s has its plus, also where it was lost', (path) => {
    const right = read([path, '+15551230001']);
    expect(JSON.stringify(right)).toContain('"+15551230001"');
    expect(read([path, ' 15551230001'])).toEqual(right);
    expect(JSON.stringify(read([path, 'client:alice west']))).toContain('"client:alice west"');
  });

  it.each(numbers)('%s is a number from 0', (path) => {
    const right = read([path, '41']);
    expect(right).not.toEqual(read());
    expect(read([path, ' 41 '])).toEqual(right);
    expect(read([path, 41])).toEqual(right);
    for (const wrong of ['-1', 'x', '1e3']) expect(read([path, wrong])).toEqual(read());
  });

  it.each(times)('%s is a time in any common format', (path) => {
    const right = read([path, '2026-06-02T09:00:45Z']);
    expect(JSON.stringify(right)).toContain('"2026-06-02T09:00:45.000Z"');
    for (const same of [
      'Tue, 02 Jun 2026 14:30:45 +0530',
      '2026-06-02 14:30:45 0530',
      '2026-06-02 09:00:45 UTC',
      ' 1780390845',
    ]) {
      expect(read([path, same])).toEqual(right);
    }
    for (const unset of ['0001-01-01T00:00:00Z', '1970-01-01 05:30:00', '0000-00-00 00:00:00']) {
      expect(read([path, unset])).toEqual(read());
    }
  });

  it('reads the id without white space, and takes no other id for it', () => {
    const others = without(id);
    const of = (...ids: readonly unknown[]) =>
      eventOf(subject.provider, encode([...ids.map((value) => [id, value] as const), ...others], encoding));
    expect(of(' call-1 ')).toEqual(read());
    expect(of('call-1', 'call-1')).toEqual(read());
    if (encoding !== 'query') expect(of('call-1', 'call-2')).toBe('invalid_callback');
    for (const value of [...nothing, 'call\ufffd1']) expect(of(value)).toBe('invalid_callback');
    expect(of()).toBe('invalid_callback');
  });

  it('reads the status in any case, and takes none for unknown', () => {
    const others = without(status);
    const of = (...values: readonly unknown[]) =>
      eventOf(subject.provider, encode([...values.map((value) => [status, value] as const), ...others], encoding));
    expect(of(' Failed ')).toMatchObject({ status: 'failed', rawStatus: 'Failed' });
    expect(of('failed', 'failed')).toMatchObject({ status: 'failed' });
    for (const value of nothing) expect(of(value)).toMatchObject({ status: 'unknown', rawStatus: '' });
    if (encoding !== 'query') expect(of('failed', 'busy')).toBe('invalid_callback');
    expect(of()).toBe('invalid_callback');
  });

  it.each(markers)('%s marks another message with a value only', (path) => {
    const isCallStatus = (value: unknown) =>
      subject.provider.definition.isCallStatus?.(messageOf(encode([...base, [path, value]], encoding)).fields);
    for (const value of nothing) expect(isCallStatus(value)).toBe(true);
    expect(isCallStatus(' 1')).toMatch(path);
  });
});

/** A text that says something in this field. */
function sayingValue(path: string): string {
  return path === 'Direction' ? 'inbound' : 'human';
}

/** The event without what differs in any case, or the code of the refusal. */
function eventOf(provider: Provider, sent: Sent): unknown {
  try {
    const { raw: _, ...event } = normalize(provider, messageOf(sent).fields, 'none', 0);
    return event;
  } catch (error) {
    if (isCallStatusError(error)) return error.code;
    throw error;
  }
}
