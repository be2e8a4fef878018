import { describe, expect, it } from 'vitest';
import { jsonOf, messageOf } from '../../test/message-of.ts';
import { retell } from './retell.ts';

const { definition } = retell;

const CALL = {
  call_id: 'call_6b3c8d1f2a9e4c7d',
  call_type: 'phone_call',
  agent_id: 'agent_1',
  direction: 'inbound',
  from_number: '+12025550178',
  to_number: '+12025550143',
};
const ENDED = {
  ...CALL,
  call_status: 'ended',
  start_timestamp: 1_764_590_400_123,
  end_timestamp: 1_764_590_461_623,
  duration_ms: 61_500,
  disconnection_reason: 'user_hangup',
};

/** What the API's answer says. */
const ask = (body: unknown) => definition.fetchCall?.answers(body, [CALL.call_id], {});

describe('the API', () => {
  it('is asked for one call, with the key in a header', () => {
    expect(definition.fetchCall?.request([CALL.call_id], { key: 'key_1' })).toEqual({
      url: 'https://api.retellai.com/v2/get-call/call_6b3c8d1f2a9e4c7d',
      headers: { Authorization: 'Bearer key_1' },
    });
    expect('../v2/agents').not.toMatch(definition.fetchCall?.callIdPattern as RegExp);
  });

  it('says that a call has ended, and how', () => {
    const said = {
      transcript: 'Hello.',
      transcript_object: [],
      scrubbed_transcript_with_tool_calls: [],
      call_analysis: {},
    };
    const answer = ask({ ...ENDED, ...said, retell_llm_dynamic_variables: {} })?.get(CALL.call_id);
    expect(answer).toMatchObject({
      form: {
        callId: CALL.call_id,
        rawStatus: 'call_ended',
        direction: 'inbound',
        from: '+12025550178',
        to: '+12025550143',
        occurredAt: '2025-12-01T12:01:01.623Z',
        durationSeconds: 61.5,
        answered: true,
        hangup: { cause: 'user_hangup', by: 'caller' },
      },
    });
    expect(answer).toHaveProperty('raw', ENDED);
  });

  it.each([
    ['registered', { rawStatus: 'registered', status: 'queued' }],
    ['ongoing', { rawStatus: 'ongoing', status: 'in-progress', answered: true }],
    ['not_connected', { rawStatus: 'call_ended', answered: false }],
    ['error', { rawStatus: 'call_ended' }],
  ])('knows %s', (state, form) => {
    const live = state === 'registered' || state === 'ongoing';
    expect(ask({ ...(live ? CALL : ENDED), call_status: state })?.get(CALL.call_id)).toMatchObject({ form });
  });

  it('says nothing of a call without an id or a known status', () => {
    for (const body of [
      null,
      7,
      [],
      {},
      { call_id: 'x' },
      { ...CALL, call_status: 'dreaming' },
      { call_status: 'ended' },
    ]) {
      expect(ask(body)?.size).toBe(0);
    }
  });
});

it('makes the parameters of an agent', () => {
  expect(retell.callbackParams({ url: 'https://hooks.example.com/retell', token: 't' })).toEqual({
    webhook_url: 'https://hooks.example.com/retell?token=t',
    webhook_events: ['call_started', 'call_ended', 'call_analyzed'],
  });
  expect(() => retell.callbackParams({ url: 'https://a.example', uri: 'x' } as never)).toThrow('uri');
});

it.each([
  [{ event: 'transcript_updated', call: CALL }, 'It is another event.'],
  [{ event: 'call_ended', call: { call_id: CALL.call_id } }, 'Its call lacks call_id, call_type or agent_id.'],
  [{ event: 'call_ended' }, undefined],
])('says why %j is not recognized', (body, reason) => {
  const message = messageOf(jsonOf(body));
  expect(definition.recognizes(message)).toBe(false);
  const why = definition.whyNot?.(message, 'name the provider');
  expect(why?.replace(/^.*: it/, 'It')).toBe(reason);
});

it('recognizes a call without an agent by the signature', () => {
  const body = { event: 'call_ended', call: { ...ENDED, agent_id: undefined } };
  expect(definition.recognizes(messageOf(jsonOf(body)))).toBe(false);
  expect(definition.recognizes(messageOf(jsonOf(body, '/hooks', { 'x-retell-signature': 'v=1,d=00' })))).toBe(true);
});

it('takes only a sensible tolerance', () => {
  const tolerance = (given: unknown) =>
    definition.options?.['toleranceSeconds']?.['~standard'].validate(given) as { readonly issues?: unknown };
  expect([0, 60, undefined].map((given) => tolerance(given).issues)).toEqual([undefined, undefined, undefined]);
  for (const given of [-1, '60', null]) expect(tolerance(given).issues).toBeDefined();
});
