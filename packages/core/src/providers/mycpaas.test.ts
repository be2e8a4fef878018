import { describe, expect, it } from 'vitest';
import { formOf, messageOf } from '../../test/message-of.ts';
import { createCallStatus } from '../create-call-status.ts';
import { mycpaas } from './mycpaas.ts';

const { definition } = mycpaas;
const CALL = { CallSid: 'CA1234567890abcdef', CallStatus: 'ringing' };

describe('recognition', () => {
  it.each([
    ['the two documented fields', CALL, {}, true],
    ['a field of status callbacks', { ...CALL, From: '+12025550143', Timestamp: 'x' }, {}, true],
    ['a request for LaML', { ...CALL, From: '+12025550143' }, {}, false],
    ['another id', { ...CALL, CallSid: '7c9e6679-7425-40de-944b-e07fc1f90ae7' }, {}, false],
    ['no id', { CallStatus: 'ringing', Timestamp: 'x' }, {}, false],
    ['no status', { CallSid: CALL.CallSid, Timestamp: 'x' }, {}, false],
    ['a signature of SignalWire', CALL, { 'x-signalwire-signature': 'x' }, false],
    ['a SHA-256 signature of SignalWire', CALL, { 'x-signalwire-sha256-signature': 'x' }, false],
    ['a signature of Twilio', CALL, { 'x-twilio-signature': 'x' }, false],
    ['a SHA-256 signature of Twilio', CALL, { 'x-twilio-sha256-signature': 'x' }, false],
  ])('of %s', (_, fields, headers, expected) => {
    expect(definition.recognizes(messageOf(formOf(fields, '/', headers)))).toBe(expected);
  });
});

it('keys events by status, and by their number if they have one', () => {
  const keyOf = (fields: typeof CALL) => definition.eventKey(fields, definition.normalize(fields, {}));
  expect(keyOf(CALL)).toBe('ringing');
  expect(keyOf({ ...CALL, SequenceNumber: '2' } as never)).toBe('ringing|2');
});

it('takes JSON for the same event as a form', async () => {
  const post = { method: 'POST', url: '/', origin: '' };
  const seen = [];
  for (const [type, body] of [
    ['application/x-www-form-urlencoded', new URLSearchParams(CALL).toString()],
    ['application/json', JSON.stringify(CALL)],
  ] as const) {
    const calls = createCallStatus({ providers: [mycpaas({ allowUnauthenticated: true })], clock: () => 0 });
    seen.push(await calls.receive({ ...post, headers: { 'content-type': type }, body: Buffer.from(body) }));
    await calls.close();
  }
  expect(seen[0]).toMatchObject({ status: 200, event: { callId: CALL.CallSid, status: 'ringing', raw: CALL } });
  expect(seen[1]).toEqual(seen[0]);
});
