import { describe, expect, it } from 'vitest';
import { formOf, jsonOf, messageOf } from '../../test/message-of.ts';
import { normalOf, received } from '../../test/received.ts';
import { CALL_CONTROL_CAUSES, CALL_CONTROL_STATUSES } from '../provider/telnyx/call-control.ts';
import { statusByCause } from '../provider/values.ts';
import { telnyx } from './telnyx.ts';

const { definition } = telnyx;
const LEG = 'v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg';
const OCCURRED = '2026-02-02T22:25:27.521Z';

const event = (event_type: string, payload: object = {}, data: object = {}) => ({
  data: {
    record_type: 'event',
    event_type,
    id: event_type,
    occurred_at: OCCURRED,
    ...data,
    payload: { call_control_id: LEG, ...payload },
  },
});
const FORM = { CallSid: LEG, CallStatus: 'completed', CallbackSource: 'call-progress-events', SequenceNumber: '3' };

/** The status of a leg that ended. */
function ended(hangup_cause: string | null, sip_hangup_cause: string | undefined): unknown {
  const { status, hangup } = definition.normalize(event('call.hangup', { hangup_cause, sip_hangup_cause }), {});
  return status ?? statusByCause(definition.causes, hangup?.cause) ?? definition.statuses['call.hangup'];
}

describe('the cause of a hangup', () => {
  it.each([
    ['normal_clearing', 'completed'],
    ['time_limit', 'completed'],
    ['user_busy', 'busy'],
    ['no_answer', 'no-answer'],
    ['timeout', 'no-answer'],
    ['originator_cancel', 'canceled'],
    ['call_rejected', 'failed'],
    ['not_found', 'failed'],
    ['unspecified', 'failed'],
  ])('%s means %s', (cause, status) => {
    expect(ended(cause, 'unspecified')).toBe(status);
  });

  it('is one of these', () => {
    expect(Object.keys(CALL_CONTROL_CAUSES)).toHaveLength(9);
  });

  it.each<[string | null, string | undefined, string]>([
    ['call_rejected', '486', 'busy'],
    ['call_rejected', '603', 'busy'],
    ['call_rejected', '403', 'failed'],
    ['normal_clearing', '200', 'completed'],
    ['normal_clearing', '408', 'no-answer'],
    ['normal_clearing', '480', 'no-answer'],
    ['normal_clearing', '487', 'canceled'],
    ['normal_clearing', '486', 'busy'],
    ['normal_clearing', '603', 'busy'],
    ['normal_clearing', '503', 'completed'],
    ['originator_cancel', '480', 'canceled'],
    ['user_busy', '480', 'busy'],
    ['time_limit', '486', 'completed'],
    ['not_found', '486', 'failed'],
    // Absent, or not known.
    [null, '486', 'busy'],
    [null, '408', 'no-answer'],
    ['', '487', 'canceled'],
    ['user_rejected', '600', 'busy'],
    ['user_rejected', '480', 'no-answer'],
    ['user_rejected', '302', 'failed'],
    ['user_rejected', '404', 'failed'],
    ['user_rejected', '200', 'completed'],
    ['user_rejected', undefined, 'completed'],
  ])('%s with the SIP code %s means %s', (cause, code, status) => {
    expect(ended(cause, code)).toBe(status);
  });

  it('ends the call even if it is unknown', async () => {
    const sent = jsonOf(event('call.hangup', { hangup_cause: 'busy' }));
    const { call } = await received('telnyx', LEG, sent);
    expect(call).toMatchObject({ status: 'completed', terminal: true, hangup: { cause: 'busy' } });
    expect(call).not.toHaveProperty('answered');
  });
});

it.each([
  ['human', 'human'],
  ['human_residence', 'human'],
  ['human_business', 'human'],
  ['machine', 'machine'],
  ['fax_detected', 'fax'],
  ['silence', 'unknown'],
  ['not_sure', 'unknown'],
  ['beep_detected', undefined],
  ['', undefined],
])('answering machine detection of %j is %s', (result, answeredBy) => {
  const form = definition.normalize(event('call.machine.premium.detection.ended', { result }), {});
  expect([form.answeredBy, form.machineDetection?.result]).toEqual([answeredBy, result || undefined]);
});

it('takes the result of no other event for that of a detection', () => {
  expect(definition.normalize(event('call.answered', { result: 'human' }), {})).toMatchObject({
    answeredBy: undefined,
    machineDetection: undefined,
  });
});

it('folds the events of a leg, in any order', async () => {
  const at = (seconds: string) => ({ occurred_at: `2026-02-02T22:20:${seconds}.000Z` });
  const events = [
    event('call.initiated', { direction: 'outgoing', client_state: 'YQ==' }, at('00')),
    event('call.answered', {}, at('10')),
    event('call.machine.detection.ended', { result: 'machine' }, at('12')),
    event('call.machine.greeting.ended', { result: 'beep_detected' }, at('20')),
    event('call.hangup', { hangup_cause: 'normal_clearing', hangup_source: 'callee' }, at('30')),
  ].map((one) => jsonOf(one));
  for (const order of [events, [...events].reverse()]) {
    const { call, receipts } = await received('telnyx', LEG, ...order, ...order);
    expect(receipts.filter((receipt) => receipt?.event?.transition === 'duplicate')).toHaveLength(events.length);
    expect(call).toMatchObject({
      status: 'completed',
      answered: true,
      answeredBy: 'machine',
      machineDetection: { result: 'beep_detected' },
      hangup: { by: 'callee' },
      direction: 'outbound',
      custom: 'YQ==',
      initiatedAt: '2026-02-02T22:20:00.000Z',
      answeredAt: '2026-02-02T22:20:10.000Z',
      endedAt: '2026-02-02T22:20:30.000Z',
    });
  }
});

it.each([
  ['incoming', 'ringing'],
  ['outgoing', undefined],
])('an %s call begins as %s', (direction, status) => {
  expect(definition.normalize(event('call.initiated', { direction }), {}).status).toBe(status);
});

it('knows an event by its id', () => {
  const keyOf = (fields: ReturnType<typeof event>) => definition.eventKey(fields, definition.normalize(fields, {}));
  const first = event('call.answered');
  expect(keyOf(first)).toBe('call.answered|call.answered');
  expect(keyOf(event('call.answered', { state: 'answered' }))).toBe(keyOf(first));
  expect(keyOf(event('call.answered', {}, { id: 'another' }))).not.toBe(keyOf(first));
  expect(keyOf(event('call.answered', {}, { id: null }))).toMatch(/^call\.answered\|\|[\w-]{16}$/);
});

describe('TeXML', () => {
  it('has the status of CallStatus, whatever the cause is', async () => {
    const { call } = await received('telnyx', LEG, formOf({ ...FORM, CallStatus: 'canceled', HangupCause: 'timeout' }));
    expect(call).toMatchObject({ status: 'canceled', hangup: { cause: 'timeout' } });
  });

  it('proves an answer by its time, not by the length of the call', () => {
    const answered = (more: object) => normalOf(definition, formOf({ ...FORM, CallDuration: '10', ...more })).answered;
    expect(answered({})).toBeUndefined();
    expect(answered({ AnsweredTime: '2026-01-15T10:30:15Z' })).toBe(true);
  });
});

describe('recognition', () => {
  const recognized = (sent: Parameters<typeof messageOf>[0]) => definition.recognizes(messageOf(sent));
  const header = { 'telnyx-signature-ed25519': 'x' };

  it.each<[string, object, boolean]>([
    ...Object.keys(CALL_CONTROL_STATUSES).map((name) => [name, event(name), true] as [string, object, boolean]),
    ['another event', event('call.cost'), false],
    ['a word of TeXML', event('completed'), false],
    ['no event', event('call.answered', {}, { record_type: 'call' }), false],
    ['an event of no leg', event('call.answered', { call_control_id: 1 }), false],
    ['no data', { data: null }, false],
  ])('of %s', (_, fields, expected) => {
    expect(recognized(jsonOf(fields))).toBe(expected);
  });

  it.each([
    ['an id with a version', FORM, {}, true],
    ['another id', { ...FORM, CallSid: 'CA1' }, {}, false],
    ['another id under the header of the signature', { ...FORM, CallSid: 'CA1' }, header, true],
    ['what may ask for TeXML', { CallSid: LEG, CallStatus: 'ringing' }, header, false],
    ['no status', { CallSid: LEG, SequenceNumber: '1' }, header, false],
  ])('of %s', (_, fields, headers, expected) => {
    expect(recognized(formOf(fields, '/hooks', headers))).toBe(expected);
  });

  it.each([
    [jsonOf(event('call.cost')), 'Its data.event_type is no state of a call: it is another event.'],
    [jsonOf({ data: {} }), 'It lacks data with record_type, event_type and payload.call_control_id.'],
    [
      formOf({ ...FORM, CallSid: 'CA1' }),
      'CallSid does not begin with a version, as those of Telnyx do: name the provider.',
    ],
    [formOf({ CallSid: LEG, CallStatus: 'ringing', Digits: '1' }), 'It has Digits: it is the action of <Gather>.'],
    [formOf({ a: 'b' }), undefined],
  ])('says why not: %#', (sent, reason) => {
    expect(definition.whyNot?.(messageOf(sent), 'name the provider')).toBe(reason);
  });
});

describe('callbackParams', () => {
  const url = 'https://example.com/hook';

  it('is that of Call Control, or of TeXML', () => {
    expect(telnyx.callbackParams({ url, token: 't' })).toEqual({
      webhook_url: `${url}?token=t`,
      webhook_url_method: 'POST',
    });
    expect(telnyx.callbackParams({ url, product: 'texml' })).toEqual({
      StatusCallback: url,
      StatusCallbackMethod: 'POST',
      StatusCallbackEvent: 'initiated ringing answered completed',
    });
  });

  it('refuses another product', () => {
    expect(() => telnyx.callbackParams({ url, product: 'fax' as never })).toThrow(
      expect.objectContaining({ code: 'invalid_options' }),
    );
  });
});

it('takes no tolerance that is not a number', () => {
  const { options = {} } = definition;
  const validate = (value: unknown) => options['toleranceSeconds']?.['~standard'].validate(value);
  expect(validate(60)).toEqual({ value: 60 });
  for (const wrong of [-1, Number.NaN, '60']) expect(validate(wrong)).toHaveProperty('issues');
});
