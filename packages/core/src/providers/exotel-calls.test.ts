import { describe, expect, it } from 'vitest';
import { exotelCall, fetchCallOf, ODD_BODIES, only, presentParts } from '../../test/api-records.ts';
import type { FoundCall } from '../provider/fetch-call.ts';
import { exotel } from './exotel.ts';

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
    expect(presentParts(form)).toEqual({
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

  it.each(ODD_BODIES)('says nothing in %j', (body) => {
    expect(['unknown', 'not_found']).toContain(answers(body, [callId], {}).get(callId));
    expect(answers({ Calls: [body] }, [callId], {}).get(callId)).toBe('unknown');
  });
});
