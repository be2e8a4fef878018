import { describe, expect, it } from 'vitest';
import { createCallStatus } from '../create-call-status.ts';
import { plivo } from './plivo.ts';

const CALL = '57a1b60a-5c0b-11e7-9082-ef888d0400e9';
const API = { authId: 'MA5CA11000000000000X', authToken: 'token' };
const { fetchCall } = plivo.definition;

/** A call as Plivo's API describes it. */
const RECORD = {
  answer_time: '2022-06-28 19:39:05+05:30',
  bill_duration: 11,
  billed_duration: 60,
  call_direction: 'inbound',
  call_duration: 11,
  call_uuid: CALL,
  end_time: '2022-06-28 19:39:15+05:30',
  from_number: '12025550143',
  hangup_cause_code: 4010,
  hangup_cause_name: 'End Of XML Instructions',
  hangup_source: 'Plivo',
  initiation_time: '2022-06-28 19:39:04+05:30',
  parent_call_uuid: null,
  to_number: '12025550178',
  total_amount: '0.00850',
};
const ask = (body: unknown, utcOffset?: '+05:30') => fetchCall?.answers(body, [CALL], { utcOffset }).get(CALL);

describe('the API', () => {
  it('is asked for one call of the account', () => {
    expect(fetchCall?.request([CALL], API)).toEqual({
      url: `https://api.plivo.com/v1/Account/${API.authId}/Call/${CALL}/`,
      headers: { Authorization: `Basic ${Buffer.from(`${API.authId}:token`).toString('base64')}` },
    });
    expect('../Account').not.toMatch(fetchCall?.callIdPattern as RegExp);
  });

  it.each([{ authId: 'token' }, { authId: `${API.authId}/` }, { authToken: undefined }])(
    'is not asked with %j',
    (part) => {
      const made = () =>
        createCallStatus({ providers: [plivo({ authToken: 'x', api: { ...API, ...part } as never })], worker: false });
      expect(made).toThrow(expect.objectContaining({ code: 'invalid_options' }));
    },
  );

  it('says how a call ended', () => {
    expect(ask(RECORD)).toMatchObject({
      form: {
        callId: CALL,
        rawStatus: 'completed',
        status: 'completed',
        direction: 'inbound',
        from: '12025550143',
        to: '12025550178',
        startedAt: '2022-06-28T14:09:04.000Z',
        occurredAt: '2022-06-28T14:09:15.000Z',
        durationSeconds: 11,
        answered: true,
        parentCallId: undefined,
        hangup: { cause: '4010' },
      },
      raw: RECORD,
    });
    const canceled = {
      ...RECORD,
      answer_time: null,
      call_duration: 0,
      hangup_cause_code: '1000',
      hangup_source: 'API Request',
    };
    expect(ask({ ...canceled, end_time: '2022-06-28 19:39:15' }, '+05:30')).toMatchObject({
      form: { rawStatus: 'cancel', status: 'canceled', occurredAt: '2022-06-28T14:09:15.000Z' },
    });
  });

  it('says nothing of a call without an end, a known cause or an id', () => {
    const { call_uuid: _, ...anonymous } = RECORD;
    for (const body of [
      null,
      7,
      [],
      { ...RECORD, end_time: null },
      { ...RECORD, hangup_cause_code: null },
      anonymous,
    ]) {
      expect(ask(body)).toBeUndefined();
    }
  });
});
