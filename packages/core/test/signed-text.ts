import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { isLamlCallStatus } from '../src/provider/laml/messages.ts';
import { signalwire } from '../src/providers/signalwire.ts';
import { messageOf, ORIGIN, type Sent } from './message-of.ts';

export const KEY = 'PSKtest1234567890abcdef';
export const A = 'a5555555-0000-4000-8000-000000000001';
export const B = 'bbbbbbbb-0000-4000-8000-000000000002';
export const P = 'cccccccc-0000-4000-8000-000000000003';
export const ACCOUNT = '11111111-0000-4000-8000-000000000009';

export type Fields = Readonly<Record<string, string>>;

export function textOf(fields: Fields): string {
  return Object.keys(fields)
    .sort()
    .map((name) => `${name}${fields[name]}`)
    .join('');
}

export function hmacOf(text: string, encoding: 'base64' | 'hex' = 'base64'): string {
  return createHmac('sha1', KEY).update(text).digest(encoding);
}

export const signedWith = (text: string, encoding?: 'base64' | 'hex') => ({
  'x-signalwire-signature': hmacOf(text, encoding),
});

/** The call and the status that a request becomes; `undefined`: it is refused, or another message. */
export function accepted(sent: Sent, origin = ORIGIN): string | undefined {
  const callback = messageOf(sent, origin);
  try {
    if (signalwire.definition.authenticate?.(callback, [KEY], {}, 0) !== 'valid') return undefined;
  } catch {
    return undefined;
  }
  const { fields } = callback;
  return isLamlCallStatus(fields) === true && 'CallSid' in fields
    ? `${String(fields['CallSid'])} ${String(fields['CallStatus'])}`
    : undefined;
}

/** Callback URLs as users write them. */
export const PATHS = [
  '/hooks',
  '/hooks/',
  '/',
  '/hooks?order=17',
  '/hooks?prod',
  '/hooks?',
  '/hooks?a=1&',
  '/hooks/17',
  `/hooks?parentCallSid=${P}`,
  `/hooks?CallSid=${P}`,
  `/hooks?CallSid=${P}&`,
  '/hooks?CallStatus=own',
  '/hooks?note=CallSid&other=CallStatus',
  `/hooks?AccountSid=${ACCOUNT}`,
  '/hooks?ApiVersion=1',
  '/CallSid/CallStatus?callSid=1&callStatus=2',
];

/** What a caller may be called, or call from. */
export const CALLERS = [
  'Jane Doe',
  'CallSid',
  'CallStatus',
  'AccountSid',
  'DialCallStatus',
  'sip:CallStatus@x.example',
  `CallSid${B}CallStatuscompleted`,
  `CallSid${B}CallStatuscompletedZ`,
  `CallSid${B}CallStatuscompletedCallbackSourcecall-progress-eventsTimestampx`,
  `AccountSid${ACCOUNT}ApiVersion2010-04-01CallSid${B}CallStatusbusyTo1`,
  `?CallSid=${B}&CallStatus=completed&Timestamp=x&x=`,
  `&CallSid=${B}&CallStatus=completed&Timestamp=x&x=`,
  `&CallStatus=completed&Timestamp=x&x=`,
  `{"CallSid":"${B}","CallStatus":"completed"}`,
];

export const call = fc
  .record({
    path: fc.constantFrom(...PATHS),
    name: fc.constantFrom('CallerName', 'From', 'To', 'ForwardedFrom', 'zCustom'),
    value: fc.oneof(
      fc.constantFrom(...CALLERS),
      fc
        .array(fc.constantFrom('CallSid', 'CallStatus', B, 'completed', 'AccountSid', ' ', '=', '&', 'x'), {
          maxLength: 8,
        })
        .map((words) => words.join('')),
    ),
    status: fc.constantFrom('ringing', 'in-progress', 'completed', 'no-answer', 'ringing_forwarded'),
    more: fc.subarray([
      'ApiVersion',
      'CallbackSource',
      'Timestamp',
      'AudioInMos',
      'CallDuration',
      'AnsweredBy',
    ] as const),
  })
  .map(({ path, name, value, status, more }) => {
    const optional: Fields = {
      ApiVersion: '2010-04-01',
      CallbackSource: 'call-progress-events',
      Timestamp: 'Thu, 25 Jun 2026 20:26:02 +0000',
      AudioInMos: '4.5',
      CallDuration: '57',
      AnsweredBy: 'human',
    };
    const fields: Fields = {
      AccountSid: ACCOUNT,
      CallSid: A,
      CallStatus: status,
      CallbackSource: 'call-progress-events',
      ...Object.fromEntries(more.map((each) => [each, optional[each] as string])),
      [name]: value,
    };
    return { path, fields, status };
  });

export function queryOf(path: string, fields: Fields): string {
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(fields).toString()}`;
}
