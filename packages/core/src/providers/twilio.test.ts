import { describe, expect, it } from 'vitest';
import { formOf, messageOf } from '../../test/message-of.ts';
import { createCallStatus } from '../create-call-status.ts';
import { builtInProviders } from '../options/built-in-providers.ts';
import { twilio } from './twilio.ts';

const { definition } = twilio;
const HEADER = { 'x-twilio-signature': 'x' };
const FIELDS = {
  CallSid: `CA${'5'.repeat(32)}`,
  AccountSid: `AC${'6'.repeat(32)}`,
  CallStatus: 'ringing',
  SequenceNumber: '1',
};

describe('recognition', () => {
  it.each<[string, Record<string, string>, Record<string, string>, boolean]>([
    ['what Twilio sends', FIELDS, HEADER, true],
    ['what it sends, by the token of its retries', FIELDS, { 'i-twilio-idempotency-token': 'x' }, true],
    ['no header of its own', FIELDS, {}, false],
    ['a header of SignalWire besides', FIELDS, { ...HEADER, 'x-signalwire-signature': 'x' }, false],
    ['an id of another form', { ...FIELDS, CallSid: 'CA1' }, HEADER, false],
    ['an id in upper case', { ...FIELDS, CallSid: `CA${'A'.repeat(32)}` }, HEADER, false],
    ['a UUID', { ...FIELDS, CallSid: '7c9e6679-7425-40de-944b-e07fc1f90ae7' }, HEADER, false],
    ['another account', { ...FIELDS, AccountSid: '6' }, HEADER, false],
    ['no account', { CallSid: FIELDS.CallSid, CallStatus: 'ringing', SequenceNumber: '1' }, HEADER, false],
    ['a request for TwiML', { ...FIELDS, SequenceNumber: '' }, HEADER, false],
    ['the action of a verb', { ...FIELDS, Digits: '1' }, HEADER, false],
    ['no status', { CallSid: FIELDS.CallSid, AccountSid: FIELDS.AccountSid, SequenceNumber: '1' }, HEADER, false],
    ['no call', { AccountSid: FIELDS.AccountSid, CallStatus: 'ringing', SequenceNumber: '1' }, HEADER, false],
  ])('of %s', (_, fields, headers, expected) => {
    const callback = messageOf(formOf(fields, '/', headers));
    const takers = builtInProviders.filter((provider) => provider.definition.recognizes(callback, false, {}));
    expect(takers.includes(twilio)).toBe(expected);
    if (expected) expect(takers).toEqual([twilio]);
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['/?CallSid=CA1&CallStatus=busy', {}, true],
    ['/?CallSid=CA1', HEADER, true],
    ['/?CallSid=CA1', {}, true],
    ['/', {}, false],
  ])('of a GET of %s with %j where Twilio is named', (url, headers, expected) => {
    const callback = messageOf({ method: 'GET', url, headers });
    expect(definition.recognizes(callback, true, {})).toBe(expected);
    expect(definition.recognizes(callback, false, {})).toBe(false);
  });

  it.each<[Record<string, string>, Record<string, string>, string | undefined]>([
    [FIELDS, { 'x-signalwire-signature': 'x' }, 'It has a header of SignalWire.'],
    [
      { ...FIELDS, CallSid: 'CA1' },
      HEADER,
      'CallSid and AccountSid are not CA and AC with 32 hexadecimal digits: name the provider.',
    ],
    [FIELDS, {}, 'It has none of the headers of Twilio: name the provider.'],
    [
      { ...FIELDS, SequenceNumber: '' },
      HEADER,
      'It is a request for XML: the call is live, and it has none of CallbackSource, Timestamp, SequenceNumber, CallDuration.',
    ],
    [{ ...FIELDS, Digits: '1' }, HEADER, 'It has Digits: it is the action of <Gather>.'],
    [{ a: '1' }, HEADER, undefined],
  ])('says why not: %j with %j', (fields, headers, reason) => {
    expect(definition.whyNot?.(messageOf(formOf(fields, '/', headers)), 'name the provider')).toBe(reason);
  });
});

describe('a callback that is refused', () => {
  const hintFor = async (authToken: string, sign: string): Promise<unknown> => {
    const log = { warn() {}, error() {} };
    const calls = createCallStatus({ providers: [twilio({ authToken })], worker: false, log });
    const request = { ...formOf(FIELDS), origin: 'https://h.example', body: Buffer.from(String(formOf(FIELDS).body)) };
    const receipt = await calls.receive(definition.sign?.(request, { secret: sign, nowMs: 0 }) as typeof request);
    await calls.close();
    return receipt?.error?.details.hint;
  };

  it('gets the advice to give the token, where an id was given', async () => {
    const advice = 'Give the auth token of the account, which is 32 hexadecimal digits.';
    expect(await hintFor(`AC${'6'.repeat(32)}`, 'x')).toContain(`authToken is the account SID. ${advice}`);
    expect(await hintFor(` sk${'6'.repeat(32)}`, 'x')).toContain(`authToken is the SID of an API key. ${advice}`);
  });

  it('gets what would make it match', async () => {
    expect(await hintFor('"quoted"', 'quoted')).toContain('has quotes around it. Remove them.');
  });

  it('gets no advice about an algorithm that is not known', () => {
    const headers = { ...HEADER, 'x-twilio-webhooks-signature-settings': 'algorithm=HMAC_MD5' };
    expect(definition.diagnose?.(messageOf(formOf(FIELDS, '/', headers)), ['x'])).toEqual([]);
  });

  it('is told that no signature covers its content type', () => {
    const callback = messageOf({
      method: 'POST',
      url: '/',
      headers: { ...HEADER, 'content-type': 'text/xml' },
      body: '<a/>',
    });
    expect(definition.diagnose?.(callback, ['x'])?.[0]?.evidence).toContain('No Twilio signature covers');
  });
});

describe('where Twilio is told to call', () => {
  const url = 'https://hooks.example.com/twilio#rc=2&rp=all';

  it('are parameters and attributes with all events, unless some are chosen', () => {
    const all = ['initiated', 'ringing', 'answered', 'completed'];
    const params = { statusCallback: url, statusCallbackMethod: 'POST', statusCallbackEvent: all };
    expect(twilio.callbackParams({ url })).toEqual(params);
    expect(twilio.callbackAttributes({ url })).toEqual({ ...params, statusCallbackEvent: all.join(' ') });
    expect(twilio.callbackParams({ url, method: 'GET', events: ['answered'], token: 't' })).toEqual({
      statusCallback: 'https://hooks.example.com/twilio?token=t#rc=2&rp=all',
      statusCallbackMethod: 'GET',
      statusCallbackEvent: ['answered'],
    });
  });

  it.each<[object, string]>([
    [{ events: ['in-progress'] }, 'events'],
    [{ events: [] }, 'events'],
    [{ method: 'PUT' }, 'method'],
    [{ event: ['answered'] }, 'event'],
  ])('are refused with %j', (options, named) => {
    for (const name of ['callbackParams', 'callbackAttributes'] as const) {
      const make = twilio[name] as (options: object) => unknown;
      expect(() => make({ url, ...options })).toThrow(
        expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(`\`${named}\``) }),
      );
    }
  });
});
