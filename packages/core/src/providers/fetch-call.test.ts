// What the built-in providers ask, and what they make of the answers that their APIs document.
import { describe, expect, it } from 'vitest';
import { exotelCall, signalwireCall, voicedockCall } from '../../test/api-records.ts';
import type { Answer, FetchCall, FoundCall } from '../provider/fetch-call.ts';
import type { StandardSchema } from '../provider/standard-schema.ts';
import { exotel } from './exotel.ts';
import { signalwire } from './signalwire.ts';
import { voicedock } from './voicedock.ts';

const fetchCallOf = ({ definition }: typeof exotel | typeof signalwire | typeof voicedock): FetchCall =>
  definition.fetchCall as FetchCall;

/** What becomes of the one call in a body. */
function only(answers: ReadonlyMap<string, Answer>): FoundCall {
  const [answer] = [...answers.values()];
  expect(answers.size).toBe(1);
  expect(answer).toBeTypeOf('object');
  return answer as FoundCall;
}

/** Without the parts that are absent. */
const plain = (form: object): object => JSON.parse(JSON.stringify(form)) as object;

/** Bodies that no documentation knows. */
const ODD = [
  undefined,
  null,
  7,
  'x',
  [],
  {},
  [[]],
  { Call: null, Calls: null },
  { Calls: [null, 7] },
  { sid: {}, id: 7 },
];

describe('SignalWire', () => {
  const { request, answers, callIdPattern } = fetchCallOf(signalwire);
  const formOf = (more: object = {}): object => plain(only(answers(signalwireCall(more), [], {})).form);

  it('is asked for a call in its space', () => {
    const callId = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
    expect(callIdPattern.test(callId)).toBe(true);
    expect(request([callId], { space: 'acme', project: 'b387/7c40', token: 'PT1' })).toEqual({
      url: `https://acme.signalwire.com/api/laml/2010-04-01/Accounts/b387%2F7c40/Calls/${callId}.json`,
      headers: { Authorization: `Basic ${Buffer.from('b387/7c40:PT1').toString('base64')}` },
    });
  });

  it.each(['acme.example', 'acme/', 'acme@example', 'ACME', '', 'https://acme'])('has no space %j', (space) => {
    const { validate } = (signalwire.definition.options?.['api'] as StandardSchema)['~standard'];
    expect(validate({ space, project: 'p', token: 't' })).toMatchObject({
      issues: [{ message: expect.stringContaining('`space`: expected the name of a space') }],
    });
  });

  it('tells of a call that has ended', () => {
    expect(formOf()).toEqual({
      callId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
      rawStatus: 'completed',
      account: 'b3877c40-da60-4998-90ad-b792e98472af',
      direction: 'outbound',
      from: '+15551230001',
      to: '+15551230002',
      startedAt: '2026-06-25T20:25:05.000Z',
      occurredAt: '2026-06-25T20:26:02.000Z',
      durationSeconds: 57,
      answered: true,
      sip: { code: 200 },
      quality: { mos: 4.5 },
    });
    expect(only(answers(signalwireCall(), [], {}))).toMatchObject({ raw: signalwireCall() });
    expect(formOf({ answered_by: 'machine' })).toMatchObject({ answeredBy: 'machine' });
    expect(formOf({ status: 'failed', duration: 0, sip_result_code: '486' })).toMatchObject({
      durationSeconds: 0,
      answered: false,
      sip: { code: 486 },
    });
  });

  it('has no figures for a call that goes on', () => {
    const form = formOf({
      status: 'in-progress',
      end_time: null,
      duration: 0,
      audio_in_mos: null,
      sip_result_code: null,
    });
    expect(form).toMatchObject({ rawStatus: 'in-progress', startedAt: '2026-06-25T20:25:05.000Z' });
    for (const part of ['occurredAt', 'durationSeconds', 'quality', 'sip', 'answered'])
      expect(form).not.toHaveProperty(part);
  });

  it.each(ODD)('says nothing in %j', (body) => {
    expect(answers(body, ['a'], {})).toEqual(new Map());
  });
});

describe('Exotel', () => {
  const { request, answers, callIdPattern } = fetchCallOf(exotel);
  const callId = '80bfbec2d78bbbf10fb851f4fa165211';
  const other = '80bfbec2d78bbbf10fb851f4fa165212';
  const credentials = { key: 'k', token: 't', sid: 'acme1' };
  const one = (more: object = {}, options: object = {}): FoundCall =>
    only(answers({ Call: exotelCall(more) }, [callId], options));

  it.each([
    ['in', [callId], `https://api.in.exotel.com/v1/Accounts/acme1/Calls/${callId}.json?details=true`],
    ['sg', [callId], `https://api.exotel.com/v1/Accounts/acme1/Calls/${callId}.json?details=true`],
    [
      'in',
      [callId, other],
      `https://api.in.exotel.com/v1/Accounts/acme1/Calls.json?Sid=${callId},${other}&details=true`,
    ],
  ])('is asked in the region %s for %j', (region, callIds, url) => {
    expect(callIds.every((each) => callIdPattern.test(each))).toBe(true);
    const headers = { Authorization: `Basic ${Buffer.from('k:t').toString('base64')}` };
    expect(request(callIds, { ...credentials, region })).toEqual({ url, headers });
  });

  it('tells of a call that has ended, with times of India', () => {
    const { form, raw, settled } = one();
    expect(plain(form)).toEqual({
      callId,
      rawStatus: 'completed',
      account: 'acme1',
      direction: 'outbound',
      from: '05551230001',
      to: '05551230002',
      line: { number: '05551230003' },
      startedAt: '2026-06-02T08:59:31.000Z',
      occurredAt: '2026-06-02T09:00:12.000Z',
      durationSeconds: 32,
      answered: true,
      recording: { url: 'https://recordings.example.com/1.mp3' },
      legs: [
        { status: 'completed', rawStatus: 'completed', durationSeconds: 41 },
        { status: 'completed', rawStatus: 'completed', durationSeconds: 32 },
      ],
    });
    expect([raw, settled]).toEqual([exotelCall(), true]);
  });

  it('has times of another zone if that is set', () => {
    expect(one({}, { utcOffset: '+08:00' }).form.occurredAt).toBe('2026-06-02T06:30:12.000Z');
    expect(one({ EndTime: '2026-06-02 14:30:12+02:00' }).form.occurredAt).toBe('2026-06-02T12:30:12.000Z');
  });

  it.each([
    [{ EndTime: '' }, false],
    [{ EndTime: null }, false],
    [{ EndTime: '1970-01-01 05:30:00' }, false],
    [{ Duration: null }, false],
    [{ Status: 'no-answer', Duration: '0' }, true],
    [{ Status: 'in-progress', EndTime: null, Duration: null }, true],
  ])('fills in the figures minutes after the end: %j', (more, settled) => {
    expect(one(more).settled).toBe(settled);
  });

  it('has no figures for a call that goes on', () => {
    const { form } = one({ Status: 'in-progress', EndTime: '2026-06-02 14:30:12', Duration: '7' });
    expect(form.occurredAt).toBeUndefined();
    expect(form.durationSeconds).toBeUndefined();
  });

  it.each([
    [undefined, undefined],
    [{}, undefined],
    [{ Leg1Status: 'completed', Leg2Status: '' }, [{ status: 'completed', rawStatus: 'completed' }]],
    [{ Leg1Status: 'failed', Leg2Status: 'canceled', Legs: 'none' }, [{ status: 'failed' }, { status: 'canceled' }]],
    [{ Legs: [null, { Leg: { Id: 2, OnCallDuration: '8' } }] }, [{}, { durationSeconds: 8 }]],
    [{ Legs: [{ Leg: { Id: 3, OnCallDuration: 8 } }] }, undefined],
  ])('has legs: %j', (Details, legs) => {
    const { form } = one({ Details });
    if (legs === undefined) expect(form.legs).toBeUndefined();
    else expect(form.legs).toMatchObject(legs);
  });

  it('tells who picked up', () => {
    expect(one({ AnsweredBy: 'human' }).form.answeredBy).toBe('human');
  });

  it.each([
    ['plain', exotelCall()],
    ['wrapped', { Call: exotelCall() }],
  ])('answers for a list of calls, %s', (_, entry) => {
    const found = answers({ Metadata: { Total: 1 }, Calls: [entry] }, [callId, other], {});
    expect(found.get(callId)).toMatchObject({ form: { callId }, raw: exotelCall() });
    expect(found.get(other)).toBe('not_found');
  });

  it('does not know who is missing in a list that it does not understand', () => {
    const found = answers({ Calls: [exotelCall({ Status: null }), { id: other }] }, [callId, other], {});
    expect([found.get(callId), found.get(other)]).toEqual(['unknown', 'unknown']);
  });

  it.each(ODD)('says nothing in %j', (body) => {
    expect(['unknown', 'not_found']).toContain(answers(body, [callId], {}).get(callId));
    expect(answers({ Calls: [body] }, [callId], {}).get(callId)).toBe('unknown');
  });
});

describe('VoiceDock', () => {
  const { request, answers, callIdPattern } = fetchCallOf(voicedock);
  const formOf = (more: object = {}): object => plain(only(answers(voicedockCall(more), [], {})).form);

  it.each([
    ['5c4d030f-43e3-4e65-899e-8148521e660f', true],
    ['call-_+15551230001_abc123', true],
    ['call/1', false],
  ])('is asked for a call: %s', (callId, expected) => {
    expect(callIdPattern.test(callId)).toBe(expected);
    expect(request([encodeURIComponent(callId)], { key: 'k' })).toEqual({
      url: `https://api.hmsovereign.com/api/v1/calls/${encodeURIComponent(callId)}`,
      headers: { Authorization: 'Bearer k' },
    });
  });

  it('tells of a call that has ended', () => {
    expect(formOf()).toEqual({
      callId: '5c4d030f-43e3-4e65-899e-8148521e660f',
      rawStatus: 'ended',
      direction: 'inbound',
      from: '+15551230001',
      to: '+15551230003',
      line: { number: '+15551230003', id: 'number-1' },
      startedAt: '2026-06-02T14:29:31.000Z',
      occurredAt: '2026-06-02T14:30:12.000Z',
      durationSeconds: 41,
      hangup: { cause: 'user_hangup' },
      recording: { url: 'https://recordings.example.com/1.mp3' },
    });
  });

  it.each([
    [{ direction: 'outbound' }, { from: '+15551230003', to: '+15551230001', direction: 'outbound' }],
    [
      { direction: 'web', caller_phone: null },
      { to: '+15551230003', direction: 'web' },
    ],
    [{ assistant_phone: undefined, agent_phone: '+15551230004' }, { to: '+15551230004' }],
    [{ status: 'ended-with-error', error: 'The line broke.' }, { error: { message: 'The line broke.' } }],
  ])('tells the parties and the error: %j', (more, expected) => {
    expect(formOf(more)).toMatchObject(expected);
  });

  it('has no figures for a call that goes on, and no parties without a direction', () => {
    const form = formOf({ status: 'in-progress', ended_at: null, direction: null, end_reason: null });
    expect(form).toMatchObject({ rawStatus: 'in-progress' });
    for (const part of ['occurredAt', 'durationSeconds', 'hangup', 'from', 'to']) expect(form).not.toHaveProperty(part);
  });

  it('keeps nothing of what was said', () => {
    const { raw } = only(answers(voicedockCall(), [], {}));
    for (const part of ['messages', 'summary', 'analysis_result']) expect(raw).not.toHaveProperty(part);
    expect(raw).toHaveProperty('end_reason', 'user_hangup');
  });

  it.each(ODD)('says nothing in %j', (body) => {
    expect(answers(body, ['a'], {})).toEqual(new Map());
  });
});
