import { describe, expect, it } from 'vitest';
import { fetchCallOf, ODD_BODIES, only, presentParts, signalwireCall } from '../../test/api-records.ts';
import type { StandardSchema } from '../provider/standard-schema.ts';
import { signalwire } from './signalwire.ts';

describe('SignalWire', () => {
  const { request, answers, callIdPattern } = fetchCallOf(signalwire);
  const formOf = (more: object = {}): object => presentParts(only(answers(signalwireCall(more), [], {})).form);

  it('is asked for a call in its space', () => {
    const callId = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
    expect(callIdPattern.test(callId)).toBe(true);
    expect(request([callId], { space: 'acme', project: 'b387/7c40', token: 'PT1' })).toEqual({
      url: `https://acme.signalwire.com/api/laml/2010-04-01/Accounts/b387%2F7c40/Calls/${callId}.json`,
      headers: { Authorization: `Basic ${Buffer.from('b387/7c40:PT1').toString('base64')}` },
    });
  });

  it.each(['acme.example', 'acme/', 'acme@example', 'ACME', '', 'https://acme'])('has no space %j', (space) => {
    const schema = signalwire.definition.options?.['api'] as StandardSchema;
    expect(schema['~standard'].validate({ space, project: 'p', token: 't' })).toMatchObject({
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

  it.each(ODD_BODIES)('says nothing in %j', (body) => {
    expect(answers(body, ['a'], {})).toEqual(new Map());
  });
});
