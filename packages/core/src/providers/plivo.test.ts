import { describe, expect, it } from 'vitest';
import { formOf, jsonOf, messageOf } from '../../test/message-of.ts';
import { normalize } from '../../test/normalized.ts';
import { builtInProviders } from '../options/built-in-providers.ts';
import { plivo } from './plivo.ts';

const { definition } = plivo;
const HEADER = { 'x-plivo-signature-v3': 'x' };
const NONCE = { 'x-plivo-signature-v3-nonce': '12345' };
const FIELDS = { CallUUID: '5ca11000-0000-4000-8000-000000000001', CallStatus: 'completed', Event: 'Hangup' };
const LAST = { ...FIELDS, Event: '', HangupCauseCode: '4000' };

describe('recognition', () => {
  it.each<[string, Record<string, string>, Record<string, string>, boolean]>([
    ['what Plivo sends', FIELDS, HEADER, true],
    ['what it sends, signed for the main account', FIELDS, { 'x-plivo-signature-ma-v3': 'x' }, true],
    ['a hangup without an event', LAST, HEADER, true],
    ['no header of its own', FIELDS, {}, false],
    ['an id that is no UUID', { ...FIELDS, CallUUID: '1' }, HEADER, false],
    ['no call', { CallStatus: 'completed', Event: 'Hangup' }, HEADER, false],
    ['no status', { CallUUID: FIELDS.CallUUID, Event: 'Hangup' }, HEADER, false],
    ['a request for XML', { ...FIELDS, Event: 'StartApp' }, HEADER, false],
  ])('of %s', (_, fields, headers, expected) => {
    const callback = messageOf(formOf(fields, '/', headers));
    const takers = builtInProviders.filter((provider) => provider.definition.recognizes(callback, false, {}));
    expect(takers).toEqual(expected ? [plivo] : []);
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['/?CallUUID=1&CallStatus=busy', {}, true],
    ['/?CallUUID=1', NONCE, true],
    ['/?CallUUID=1', {}, true],
    ['/?CallStatus=busy', {}, false],
  ])('of a GET of %s with %j where Plivo is named', (url, headers, expected) => {
    const callback = messageOf({ method: 'GET', url, headers });
    expect(definition.recognizes(callback, true, {})).toBe(expected);
    expect(definition.recognizes(callback, false, {})).toBe(false);
  });

  it.each<[Record<string, string>, Record<string, string>, string | undefined]>([
    [FIELDS, {}, "It has no header of Plivo's V3 signature: name the provider."],
    [{ ...FIELDS, CallUUID: '1' }, HEADER, 'CallUUID is not a UUID, or CallStatus is missing: name the provider.'],
    [{ ...FIELDS, Event: 'StartApp' }, HEADER, 'Its Event is StartApp: it may wait for XML.'],
    [{ ...FIELDS, Event: '+12025550143' }, HEADER, 'Its Event is another one: it may wait for XML.'],
    [{ ...FIELDS, Event: '' }, HEADER, 'It has no Event and is no hangup: it may wait for XML.'],
    [
      { ...LAST, DialStatus: 'busy' },
      HEADER,
      'It has fields of another message, such as the action of an XML element.',
    ],
    [{ CallUUID: '1', EndTime: '1' }, HEADER, 'It has no Event and is no hangup: it may wait for XML.'],
    [{ a: '1' }, HEADER, undefined],
  ])('says why not: %j with %j', (fields, headers, reason) => {
    expect(definition.whyNot?.(messageOf(formOf(fields, '/', headers)), 'name the provider')).toBe(reason);
  });
});

describe('the end of a call', () => {
  const end = (fields: Record<string, string>) => normalize(plivo(), { ...FIELDS, ...fields }, 'none', 0);

  it.each([
    ['completed', {}, undefined],
    ['completed', { Duration: '0', HangupCauseCode: '4000' }, undefined],
    ['completed', { Duration: '7' }, true],
    ['completed', { AnswerTime: '2024-09-26 14:05:18' }, true],
    ['failed', { AnswerTime: '2024-09-26 14:05:18' }, true],
    ['failed', {}, undefined],
    ['timeout', {}, false],
  ])('%s with %j is answered: %s', (CallStatus, fields, expected) => {
    expect(end({ CallStatus, ...fields }).answered).toBe(expected);
  });

  it.each([
    ['0', 'failed'],
    ['1000', 'canceled'],
    ['1010', 'failed'],
    ['1020', 'failed'],
    ['2000', 'failed'],
    ['2070', 'failed'],
    ['3000', 'no-answer'],
    ['3010', 'busy'],
    ['3100', 'busy'],
    ['3110', 'busy'],
    ['3020', 'failed'],
    ['3140', 'failed'],
    ['4000', 'completed'],
    ['4030', 'completed'],
    ['5030', 'failed'],
    ['6000', 'completed'],
    ['6010', 'no-answer'],
    ['6020', 'completed'],
    ['7034', 'failed'],
    ['8011', 'failed'],
    ['9000', 'canceled'],
    ['9100', 'completed'],
    ['9110', 'completed'],
    ['9999', 'unknown'],
  ])('for the cause %s is %s, unless its status says more', (HangupCauseCode, expected) => {
    expect(end({ CallStatus: '', HangupCauseCode }).status).toBe(expected);
    expect(end({ CallStatus: 'busy', HangupCauseCode }).status).toBe('busy');
  });

  it('has a time only where the zone of the account is known', () => {
    const fields = { ...FIELDS, StartTime: '2024-09-26 14:05:08', EndTime: '2024-09-26 14:06:23' };
    const formIn = (utcOffset?: '+05:30') => definition.normalize(fields, { utcOffset });
    expect(formIn()).toMatchObject({ startedAt: undefined, occurredAt: undefined });
    expect(formIn('+05:30')).toMatchObject({
      startedAt: '2024-09-26T08:35:08.000Z',
      occurredAt: '2024-09-26T08:36:23.000Z',
    });
  });
});

describe('what would make a signature match', () => {
  const advice = (secret: string, sent = formOf(FIELDS, '/', { ...HEADER, ...NONCE })) =>
    definition.diagnose?.(messageOf(sent), [secret])?.map(({ evidence }) => evidence);

  it('is said', () => {
    expect(advice(`MA${'X'.repeat(18)}`)).toEqual([expect.stringContaining('authToken is an Auth ID')]);
    expect(advice('x', formOf(FIELDS, '/', HEADER))).toEqual([expect.stringContaining('Nonce is missing')]);
    expect(advice('x', jsonOf(FIELDS, '/', { ...HEADER, ...NONCE }))).toEqual([expect.stringContaining('a form')]);
    expect(advice('x')).toBeUndefined();
  });
});

it('makes the parameters of a call', () => {
  const url = 'https://hooks.example.com/plivo';
  expect(plivo.callbackParams({ url })).toEqual({
    ringUrl: url,
    ringMethod: 'POST',
    hangupUrl: url,
    hangupMethod: 'POST',
  });
  expect(plivo.callbackParams({ url, method: 'GET', token: 't' })).toMatchObject({
    hangupUrl: `${url}?token=t`,
    hangupMethod: 'GET',
  });
  expect(() => plivo.callbackParams({ url, method: 'PUT' } as never)).toThrow('method');
});
