import { describe, expect, it } from 'vitest';
import { jsonOf, messageOf } from '../../test/message-of.ts';
import { jambonz } from './jambonz.ts';

const { definition } = jambonz;
const CALL = 'b5e39996-bd2f-4bda-b928-355147186a2a';
const EVENT = {
  call_sid: CALL,
  direction: 'outbound',
  from: '+12025550143',
  to: '+12025550178',
  call_id: '7ade3efb-7163-123b-e6ba-023fd61c5256',
  sip_status: 200,
  call_status: 'in-progress',
  account_sid: '300be250-5a79-46bd-8393-45e7d26c2e34',
};

describe('the normal form', () => {
  const form = (more: object) => definition.normalize({ ...EVENT, ...more }, {});

  it('is canceled if the caller of an inbound call gave up', () => {
    const ended = { call_status: 'no-answer', sip_status: 487 };
    expect(form({ ...ended, direction: 'inbound' }).status).toBe('canceled');
    expect(form(ended).status).toBeUndefined();
    expect(form({ ...ended, direction: 'inbound', sip_status: 480 }).status).toBeUndefined();
    expect(form({ ...ended, direction: 'inbound', call_status: 'failed' }).status).toBeUndefined();
  });

  it('has a duration and an answer when the call is completed', () => {
    expect(form({ call_status: 'completed', duration: 7 })).toMatchObject({ durationSeconds: 7, answered: true });
    expect(form({ call_status: 'failed', duration: 7 })).toMatchObject({
      durationSeconds: undefined,
      answered: undefined,
    });
  });
});

describe('the API', () => {
  const RECORD = { ...EVENT, service_url: 'http://10.0.0.1:3000', duration: 9, caller_name: 'Jane Smith' };
  const API = { key: 'KEY1', account: EVENT.account_sid, server: 'https://jambonz.example.com/api' };
  const ask = (body: unknown) => definition.fetchCall?.answers(body, [CALL], {}).get(CALL);

  it('is asked at the server of the user', () => {
    expect(definition.fetchCall?.request([CALL], API)).toEqual({
      url: `https://jambonz.example.com/api/v1/Accounts/${EVENT.account_sid}/Calls/${CALL}`,
      headers: { Authorization: 'Bearer KEY1' },
    });
    for (const other of ['CA1', `${CALL}/x`, '..']) {
      expect(definition.fetchCall?.callIdPattern.test(other)).toBe(false);
    }
  });

  it('says how a call is, as the hook does', () => {
    expect(ask({ ...RECORD, call_status: 'completed' })).toMatchObject({
      form: { callId: CALL, rawStatus: 'completed', durationSeconds: 9, answered: true, callerName: 'Jane Smith' },
      raw: { service_url: 'http://10.0.0.1:3000' },
    });
    expect(ask(RECORD)).toMatchObject({ form: { rawStatus: 'in-progress', durationSeconds: undefined } });
    expect(ask({ ...RECORD, call_status: 'alerting' })).toMatchObject({
      form: { rawStatus: 'alerting', status: 'ringing' },
    });
  });

  it.each([null, 7, 'x', [], {}, { call_sid: CALL }, { call_status: 'busy' }, { ...EVENT, call_status: 'dreaming' }])(
    'makes nothing of %j',
    (body) => expect(definition.fetchCall?.answers(body, [CALL], {}).size).toBe(0),
  );

  it.each<[object, boolean]>([
    [API, true],
    [{ ...API, server: 'https://api.jambonz.cloud' }, true],
    [{ ...API, server: 'https://jambonz.example.com:8443' }, true],
    [{ ...API, server: 'http://jambonz.example.com' }, false],
    [{ ...API, server: 'https://jambonz.example.com/' }, false],
    [{ ...API, server: 'https://me:secret@jambonz.example.com' }, false],
    [{ ...API, server: 'https://jambonz.example.com?a=b' }, false],
    [{ ...API, server: 'https://jambonz.example.com#a' }, false],
    [{ ...API, server: 'https://jambonz.example.com/a/../b' }, false],
    [{ ...API, server: 'jambonz.example.com' }, false],
    [{ ...API, server: 7 }, false],
    [{ key: 'KEY1', account: API.account }, false],
    [{ ...API, account: '../x' }, false],
    [{ ...API, account: 7 }, false],
  ])('takes %j: %s', (api, isValid) => {
    const result = definition.options?.['api']?.['~standard'].validate(api);
    expect('issues' in Object(result)).toBe(!isValid);
  });
});

describe('recognition', () => {
  it.each<[string, object, boolean]>([
    ['a status', EVENT, true],
    ['a new call', { ...EVENT, sip: { method: 'INVITE' } }, false],
    ['the result of a verb', { ...EVENT, speech: { alternatives: ['yes'] } }, false],
    ['no call', { ...EVENT, call_sid: undefined }, false],
    ['no status', { ...EVENT, call_status: undefined }, false],
    ['no account', { ...EVENT, account_sid: undefined }, false],
    ['no SIP status', { ...EVENT, sip_status: undefined }, false],
  ])('of %s', (_, fields, expected) => {
    expect(definition.recognizes(messageOf(jsonOf(fields)))).toBe(expected);
  });

  it.each([
    [{ ...EVENT, sip: { method: 'INVITE' } }, expect.stringMatching(/^It has sip: /)],
    [{ ...EVENT, account_sid: undefined }, 'It has no call_sid, account_sid or sip_status.'],
    [{ call_sid: CALL }, undefined],
  ])('says why not: %#', (fields, reason) => {
    expect(definition.whyNot?.(messageOf(jsonOf(fields)), 'name the provider')).toEqual(reason);
  });
});

it('makes the parameter of a call', () => {
  expect(jambonz.callbackParams({ url: 'https://example.com/hook#rc=3', token: 't' })).toEqual({
    call_status_hook: { url: 'https://example.com/hook?token=t#rc=3', method: 'POST' },
  });
});

it('takes only a sensible tolerance', () => {
  const tolerance = (given: unknown) =>
    definition.options?.['toleranceSeconds']?.['~standard'].validate(given) as { readonly issues?: unknown };
  expect([0, 60, undefined].map((given) => tolerance(given).issues)).toEqual([undefined, undefined, undefined]);
  for (const given of [-1, '60', null]) expect(tolerance(given).issues).toBeDefined();
});
