import { describe, expect, it } from 'vitest';
import type { FetchCall, FoundCall } from '../provider/fetch-call.ts';
import { telnyx } from './telnyx.ts';

const { callIdPattern, request, answers } = telnyx.definition.fetchCall as FetchCall;
const LEG = 'v3:KBnLO0ZK3DhKM5s7bE9VluaSmKsOchKht_fUYvxcp8ysbmzCCtpkmA';

const found = (body: unknown) => answers(body, [LEG], {}).get(LEG) as FoundCall | undefined;

it('is asked by the ids of legs only', () => {
  expect(callIdPattern.test(LEG)).toBe(true);
  for (const other of ['CA1', '428c31b6-7af4-4bcb-b7f5-5013ef9657c1', `${LEG}/actions`, `${LEG}?a=b`]) {
    expect(callIdPattern.test(other)).toBe(false);
  }
});

it('is asked in Call Control, or in TeXML with an account', () => {
  const headers = { Authorization: 'Bearer KEY1' };
  expect(request(['v3%3Aa'], { key: 'KEY1' })).toEqual({ url: 'https://api.telnyx.com/v2/calls/v3%3Aa', headers });
  expect(request(['v3%3Aa'], { key: 'KEY1', account: '61bf923e-5e4d' })).toEqual({
    url: 'https://api.telnyx.com/v2/texml/Accounts/61bf923e-5e4d/Calls/v3%3Aa',
    headers,
  });
});

it.each<[object, boolean]>([
  [{ key: 'KEY1' }, true],
  [{ key: 'KEY1', account: '61bf923e-5e4d' }, true],
  [{ key: '' }, false],
  [{ account: '61bf923e-5e4d' }, false],
  [{ key: 'KEY1', account: '../x' }, false],
  [{ key: 'KEY1', account: 7 }, false],
])('takes the credentials %j: %s', (api, isValid) => {
  const result = telnyx.definition.options?.['api']?.['~standard'].validate(api);
  expect('issues' in Object(result)).toBe(!isValid);
});

describe('Call Control', () => {
  const call = (more: object) => ({
    data: {
      record_type: 'call',
      call_control_id: LEG,
      is_alive: true,
      client_state: 'YQ==',
      call_duration: 50,
      ...more,
    },
  });

  it('says that a call is alive, and nothing about one that is not', () => {
    expect(found(call({ start_time: '2026-06-15T09:56:45.000000Z' }))).toEqual({
      form: {
        callId: LEG,
        rawStatus: '',
        status: 'initiated',
        startedAt: '2026-06-15T09:56:45.000Z',
        custom: 'YQ==',
      },
      raw: expect.objectContaining({ is_alive: true }),
    });
    for (const odd of [{ is_alive: false }, { is_alive: 'true' }, { call_control_id: undefined }]) {
      expect(found(call(odd))).toBeUndefined();
    }
  });
});

describe('TeXML', () => {
  const record = {
    account_sid: '61bf923e-5e4d-4595-a110-56190ea18a1b',
    answered_by: null,
    caller_name: 'Jane Smith',
    date_created: 'Thu, 15 Jun 2023 09:56:45 +0000',
    direction: 'inbound',
    duration: '11',
    end_time: 'Thu, 15 Jun 2023 09:56:56 +0000',
    from: '+12025550178',
    sid: LEG,
    start_time: 'Thu, 15 Jun 2023 09:56:45 +0000',
    status: 'completed',
    to: '+12025550143',
  };

  it('has the status of a call, but does not say whether it was answered', () => {
    expect(found(record)?.form).toMatchObject({
      callId: LEG,
      rawStatus: 'completed',
      direction: 'inbound',
      durationSeconds: 11,
      answered: undefined,
      occurredAt: '2023-06-15T09:56:56.000Z',
      startedAt: '2023-06-15T09:56:45.000Z',
    });
    expect(found({ ...record, status: 'no-answer' })?.form.rawStatus).toBe('no-answer');
    expect(found({ ...record, status: 'ringing' })?.form).toMatchObject({ durationSeconds: undefined });
  });
});

it('makes nothing of another body', () => {
  for (const body of [
    undefined,
    null,
    7,
    'x',
    [],
    {},
    { data: null },
    { data: [] },
    { sid: LEG },
    { sid: {}, status: 7 },
  ]) {
    expect(answers(body, [LEG], {}).size).toBe(0);
  }
});
