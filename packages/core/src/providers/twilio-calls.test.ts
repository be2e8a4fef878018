import { describe, expect, it } from 'vitest';
import { createCallStatus } from '../create-call-status.ts';
import { twilio } from './twilio.ts';

const CALL_SID = `CA${'5'.repeat(32)}`;
const API = { accountSid: `AC${'6'.repeat(32)}`, secret: 'the auth token' };
const { fetchCall } = twilio.definition;

/** A call as Twilio's API describes it. */
const RECORD = {
  sid: CALL_SID,
  account_sid: API.accountSid,
  parent_call_sid: null,
  to: '+12025550178',
  from: '+12025550143',
  status: 'completed',
  start_time: 'Sun, 25 Mar 2018 09:52:30 +0000',
  end_time: 'Sun, 25 Mar 2018 09:53:19 +0000',
  duration: '49',
  price: '-0.03000',
  direction: 'outbound-api',
  answered_by: 'machine_start',
  api_version: '2010-04-01',
  forwarded_from: null,
  caller_name: '',
  queue_time: '1000',
};

describe('the request for a call', () => {
  it('goes to the account, with its token or a key', () => {
    const path = `/2010-04-01/Accounts/${API.accountSid}/Calls/${CALL_SID}.json`;
    expect(fetchCall?.request([CALL_SID], API)).toEqual({
      url: `https://api.twilio.com${path}`,
      headers: { Authorization: `Basic ${Buffer.from(`${API.accountSid}:the auth token`).toString('base64')}` },
    });
    const withKey = { ...API, apiKey: `SK${'7'.repeat(32)}`, secret: 'of the key' };
    expect(fetchCall?.request([CALL_SID], withKey).headers['Authorization']).toBe(
      `Basic ${Buffer.from(`${withKey.apiKey}:of the key`).toString('base64')}`,
    );
  });

  it.each([
    [{ region: 'ie1' }, 'api.ie1.twilio.com'],
    [{ region: 'ie1', edge: 'dublin' }, 'api.dublin.ie1.twilio.com'],
    [{ edge: 'ashburn' }, 'api.ashburn.us1.twilio.com'],
  ])('with %j goes to %s', (where, host) => {
    expect(new URL(fetchCall?.request([CALL_SID], { ...API, ...where }).url ?? '').host).toBe(host);
  });

  it.each<[object, string]>([
    [{ accountSid: 'SK1' }, "the SID of the account, which begins with 'AC'"],
    [{ apiKey: API.accountSid }, "the SID of an API key, which begins with 'SK'"],
    [{ region: 'evil.example/' }, "a short name, such as 'ie1'"],
    [{ edge: '' }, "a short name, such as 'ie1'"],
    [{ secret: undefined }, 'a text without spaces'],
    [{ secret: undefined, apiSecret: 'x' }, 'secret'],
  ])('is not made with %j', (part, expected) => {
    const made = () =>
      createCallStatus({ providers: [twilio({ authToken: 'x', api: { ...API, ...part } })], worker: false });
    expect(made).toThrow(
      expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(expected) }),
    );
  });
});

it('reads what its API answers', () => {
  const found = (more: object = {}) => fetchCall?.answers({ ...RECORD, ...more }, [CALL_SID], {}).get(CALL_SID);
  expect(found()).toMatchObject({
    form: {
      callId: CALL_SID,
      rawStatus: 'completed',
      direction: 'outbound',
      from: '+12025550143',
      to: '+12025550178',
      account: API.accountSid,
      startedAt: '2018-03-25T09:52:30.000Z',
      occurredAt: '2018-03-25T09:53:19.000Z',
      durationSeconds: 49,
      answered: true,
      answeredBy: 'machine',
    },
    raw: RECORD,
  });
  const live = found({ status: 'in-progress', end_time: null, duration: null, answered_by: null });
  expect(live).toMatchObject({ form: { rawStatus: 'in-progress', durationSeconds: undefined, occurredAt: undefined } });
  expect(fetchCall?.answers([], [CALL_SID], {}).size).toBe(0);
});
