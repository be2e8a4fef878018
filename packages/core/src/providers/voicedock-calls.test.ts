import { describe, expect, it } from 'vitest';
import { fetchCallOf, ODD_BODIES, only, presentParts, voicedockCall } from '../../test/api-records.ts';
import { voicedock } from './voicedock.ts';

describe('VoiceDock', () => {
  const { request, answers, callIdPattern } = fetchCallOf(voicedock);
  const formOf = (more: object = {}): object => presentParts(only(answers(voicedockCall(more), [], {})).form);

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

  it.each(ODD_BODIES)('says nothing in %j', (body) => {
    expect(answers(body, ['a'], {})).toEqual(new Map());
  });
});
