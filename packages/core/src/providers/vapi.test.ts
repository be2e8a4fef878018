import { describe, expect, it } from 'vitest';
import { jsonOf, messageOf } from '../../test/message-of.ts';
import { received } from '../../test/received.ts';
import { vapi } from './vapi.ts';
import { voicedock } from './voicedock.ts';

const { definition } = vapi;
const CALL = { id: '019aa141-4449-7775-8d7e-006f2a64e546', type: 'outboundPhoneCall', orgId: 'org-1' };
const STARTED = { startedAt: '2026-01-01T12:00:05.740Z' };

const update = (more: object, call: object = {}) => ({
  message: {
    type: 'status-update',
    status: 'ended',
    timestamp: 1_767_268_800_123,
    ...more,
    call: { ...CALL, ...call },
  },
});

describe('the end of a call', () => {
  const outcome = async (endedReason: string, call: object = {}) => {
    const { call: made } = await received('vapi', CALL.id, jsonOf(update({ endedReason }, call)));
    return [made?.outcome, made?.answered];
  };

  it.each(Object.entries(definition.causes ?? {}).map(([reason, status]) => [reason.replace('*', 'anything'), status]))(
    'because of %s is %s',
    async (reason, status) => {
      const [whole, answered] = await outcome(reason);
      expect([whole, answered === true]).toEqual([status, false]);
    },
  );

  it.each([
    ['pipeline-error-openai-llm-failed', 'failed', true],
    ['call.in-progress.error-vapifault-worker-died', 'failed', true],
    ['call.in-progress.error-providerfault-outbound-sip-403-forbidden', 'failed', undefined],
    ['call.in-progress.error-providerfault-outbound-sip-503-service-unavailable', 'failed', undefined],
    ['call.in-progress.error-sip-inbound-call-failed-to-connect', 'failed', undefined],
    ['call.in-progress.error-sip-outbound-call-failed-to-connect', 'failed', undefined],
    ['Call.in-progress.error-vapifault-transport-never-connected', 'failed', undefined],
    ['twilio-failed-to-connect-call', 'failed', undefined],
    ['vonage-rejected', 'failed', undefined],
    ['worker-shutdown', 'failed', undefined],
    ['call.start.error-get-transport', 'failed', undefined],
    ['customer-ended-call', 'completed', true],
    ['customer-busy', 'busy', false],
    ['manually-canceled', 'canceled', undefined],
    ['unheard-of', 'completed', true],
  ])('because of %s after its beginning is %s, answered: %s', async (reason, status, answered) => {
    expect(await outcome(reason, STARTED)).toEqual([status, answered]);
  });

  it('is failed for another reason if the call never began', async () => {
    expect(await outcome('unheard-of')).toEqual(['failed', undefined]);
  });

  it.each([
    ['inboundPhoneCall', 'customer-ended-call', 'caller'],
    ['outboundPhoneCall', 'customer-ended-call', 'callee'],
    ['inboundPhoneCall', 'assistant-ended-call', 'callee'],
    ['outboundPhoneCall', 'assistant-ended-call-after-message-spoken', 'caller'],
    ['webCall', 'customer-ended-call', undefined],
    ['outboundPhoneCall', 'silence-timed-out', undefined],
  ])('of %s because of %s is by the %s', (type, endedReason, by) => {
    expect(definition.normalize(update({ endedReason }, { type }), {}).hangup?.by).toBe(by);
  });
});

describe('the secret', () => {
  const verdict = (headers: Record<string, string>, ...secrets: readonly string[]) =>
    definition.authenticate?.(messageOf(jsonOf(update({}), '/hooks', headers)), secrets, {}, 0);

  it.each([{ authorization: 'Bearer s-1' }, { authorization: 's-1' }, { 'x-vapi-secret': 's-1' }])(
    'is valid in %j, any of several',
    (headers) => {
      expect(verdict(headers, 's-1')).toBe('valid');
      expect(verdict(headers, 's-0', 's-1')).toBe('valid');
      expect(verdict(headers, 's-0')).toBe('mismatch');
      expect(verdict(headers)).toBe('mismatch');
    },
  );

  it.each([
    { authorization: 'bearer s-1' },
    { authorization: 'Bearer  s-1' },
    { authorization: 'Bearer s-10' },
    { authorization: '' },
    { 'x-vapi-secret': '' },
    { 'x-vapi-secret': 'Bearer s-1' },
  ])('is a mismatch in %j', (headers) => expect(verdict(headers, 's-1')).toBe('mismatch'));

  it('is missing without a header, and a signature is not verified', () => {
    expect(verdict({}, 's-1')).toBe('missing');
    expect(verdict({ 'x-signature': '00', 'x-timestamp': '1700000000' }, 's-1')).toBe('missing');
  });
});

describe('the API', () => {
  const RECORD = { ...CALL, status: 'ended', endedReason: 'customer-ended-call', assistantId: 'a-1', ...STARTED };
  const ask = (body: unknown) => definition.fetchCall?.answers(body, [CALL.id], {}).get(CALL.id);

  it('is asked for one call, with the key in a header', () => {
    expect(definition.fetchCall?.request([CALL.id], { key: 'key-1' })).toEqual({
      url: `https://api.vapi.ai/call/${CALL.id}`,
      headers: { Authorization: 'Bearer key-1' },
    });
    for (const other of ['1', `${CALL.id}/x`, '..'])
      expect(definition.fetchCall?.callIdPattern.test(other)).toBe(false);
  });

  it('says how a call ended, without what was said', () => {
    const said = {
      messages: [],
      transcript: 'Hello.',
      analysis: {},
      artifact: {},
      assistant: { name: 'A' },
      squad: {},
    };
    const answer = ask({ ...RECORD, endedAt: '2026-01-01T12:02:13.338Z', ...said });
    expect(answer).toMatchObject({
      form: {
        callId: CALL.id,
        rawStatus: 'ended',
        startedAt: '2026-01-01T12:00:05.740Z',
        occurredAt: '2026-01-01T12:02:13.338Z',
        answered: true,
        hangup: { cause: 'customer-ended-call', by: 'callee' },
      },
    });
    expect(answer).toHaveProperty('raw', { ...RECORD, endedAt: '2026-01-01T12:02:13.338Z' });
  });

  it('says that a call is alive', () => {
    const live = ask({ ...RECORD, status: 'in-progress' });
    expect(live).toMatchObject({ form: { rawStatus: 'in-progress', answered: undefined, hangup: undefined } });
  });

  it.each([null, 7, 'x', [], {}, { id: CALL.id }, { status: 'ended' }, { ...RECORD, status: 'not-found' }])(
    'makes nothing of %j',
    (body) => expect(definition.fetchCall?.answers(body, [CALL.id], {}).size).toBe(0),
  );
});

describe('recognition', () => {
  it.each<[string, object, boolean]>([
    ['a status', update({}), true],
    ['a report', update({ type: 'end-of-call-report', status: undefined }), true],
    ['another message', update({ type: 'transcript' }), false],
    ['no status', update({ status: undefined }), false],
    ['no call', update({}, { id: undefined }), false],
    ['another kind of call', update({}, { type: 'inbound_phone_call', status: 'ended' }), false],
  ])('of %s', (_, fields, expected) => {
    const message = messageOf(jsonOf(fields));
    expect(definition.recognizes(message)).toBe(expected);
  });

  it('is never shared with VoiceDock, whose messages are wrapped alike', () => {
    expect(voicedock.definition.recognizes(messageOf(jsonOf(update({}, { status: 'ended' }))))).toBe(false);
  });

  it.each([
    [update({ type: 'transcript' }), 'Its type is no state of a call: it is another message.'],
    [update({ status: undefined }), 'It lacks message.status, or message.call with id and type: name the provider.'],
    [{ message: { type: 'status-update' } }, undefined],
    [{}, undefined],
  ])('says why not: %#', (fields, reason) => {
    expect(definition.whyNot?.(messageOf(jsonOf(fields)), 'name the provider')).toBe(reason);
  });
});

it('makes the parameters of an assistant', () => {
  expect(vapi.callbackParams({ url: 'https://example.com/hook', token: 't' })).toEqual({
    server: { url: 'https://example.com/hook?token=t' },
    serverMessages: ['status-update', 'end-of-call-report'],
  });
});
