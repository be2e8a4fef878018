import { describe, expect, it } from 'vitest';
import type { CallbackRequest } from '../../callback-request.ts';
import { createCallStatus } from '../../create-call-status.ts';
import type { AnyCallStatusEvent } from '../../event.ts';
import { exotel } from '../../providers/exotel.ts';
import { mycpaas } from '../../providers/mycpaas.ts';
import { passthruForm } from './passthru.ts';

const CALL = { CallSid: '5b1e0000000000000000000000000014', CallFrom: '+12025550143', CallTo: '+12025550178' };
const PASSTHRU = { ...CALL, Direction: 'incoming', CallStatus: 'in-progress', CallType: 'completed' };
const silent = { warn() {}, error() {} };

type Fields = Readonly<Record<string, string>>;

const get = (fields: Fields, headers: CallbackRequest['headers'] = {}): CallbackRequest => ({
  method: 'GET',
  url: `/?token=t&${new URLSearchParams(fields).toString()}`,
  origin: 'https://h.example',
  headers,
  body: new Uint8Array(),
});
const post = (fields: Fields): CallbackRequest => {
  const body = Buffer.from(new URLSearchParams(fields).toString());
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) };
  return { method: 'POST', url: '/?token=t', origin: 'https://h.example', headers, body };
};

/** What becomes of a request where Exotel is named, and where it shares the URL: the event, the code, or `undefined`. */
async function outcomes(request: CallbackRequest, options: object = { passthru: true }): Promise<unknown[]> {
  const providers = [exotel({ token: 't', ...options }), mycpaas({ token: 't' })];
  const calls = createCallStatus({ providers, log: silent, worker: false });
  const all = [await calls.provider('exotel').receive(request), await calls.receive(request)];
  await calls.close();
  return all.map((receipt) => receipt?.event ?? receipt?.error?.code);
}

describe('a Passthru', () => {
  it.each([
    ['GET', get],
    ['POST', post],
  ])('by %s becomes an event if the application asks for it', async (_, request) => {
    const made = {
      ...PASSTHRU,
      StartTime: '2026-06-02 14:29:31',
      CurrentTime: '2026-06-02 14:30:12',
      EndTime: '1970-01-01 05:30:00',
      DialCallStatus: 'completed',
      DialCallDuration: '41',
      DialWhomNumber: '+12025550111',
      AgentEmail: 'agent@example.com',
      RecordingUrl: 'https://recordings.example.com/1.mp3',
      CustomField: 'order 7',
    };
    const [named, shared] = (await outcomes(request(made))) as AnyCallStatusEvent[];
    expect(named).toMatchObject({
      provider: 'exotel',
      callId: CALL.CallSid,
      status: 'completed',
      rawStatus: 'completed',
      trust: 'token',
      direction: 'inbound',
      from: '+12025550143',
      to: '+12025550178',
      line: { number: '+12025550178' },
      startedAt: '2026-06-02T08:59:31.000Z',
      occurredAt: '2026-06-02T09:00:12.000Z',
      answered: true,
      agent: { number: '+12025550111', email: 'agent@example.com' },
      recording: { url: 'https://recordings.example.com/1.mp3' },
      legs: [{}, { status: 'completed', rawStatus: 'completed', durationSeconds: 41, number: '+12025550111' }],
      custom: 'order 7',
      raw: made,
    });
    expect(shared?.id).toBe(named?.id);
    expect(await outcomes(request(made), {})).toEqual([undefined, undefined]);
    expect(await outcomes(request(made), { passthru: false })).toEqual([undefined, undefined]);
  });

  it('is the same event when it comes again', async () => {
    const [first] = (await outcomes(get({ ...PASSTHRU, CurrentTime: '2026-06-02 14:30:12' }))) as AnyCallStatusEvent[];
    const [again] = (await outcomes(get({ ...PASSTHRU, CurrentTime: '2026-06-02 14:35:12' }))) as AnyCallStatusEvent[];
    expect(again?.id).toBe(first?.id);
  });

  it.each([
    ['call-attempt', { CallType: 'call-attempt' }, 'in-progress', undefined],
    ['completed', { CallType: 'completed' }, 'completed', true],
    ['client-hangup', { CallType: 'client-hangup' }, 'canceled', false],
    ['incomplete', { CallType: 'incomplete' }, 'no-answer', false],
    ['voicemail', { CallType: 'Voicemail' }, 'completed', false],
    ['a type that no document has', { CallType: 'transfer' }, 'unknown', undefined],
    ['an answered leg, without a type', { CallType: '', DialCallStatus: 'completed' }, 'completed', true],
    ['a busy leg, without a type', { CallType: '', DialCallStatus: 'busy' }, 'busy', false],
  ])('says %s', async (_, fields, status, answered) => {
    const [event] = (await outcomes(get({ ...PASSTHRU, ...fields }))) as AnyCallStatusEvent[];
    expect([event?.status, event?.answered]).toEqual([status, answered]);
  });

  it('says who hung up, and its legs as a status callback has them', () => {
    const hungUp = { ...CALL, CallType: 'client-hangup', Direction: 'outbound-dial' };
    expect(passthruForm(hungUp, '+05:30')).toMatchObject({
      hangup: { by: 'caller' },
      line: undefined,
      legs: undefined,
    });
    const Legs = [{ Status: 'completed', CauseCode: '16' }];
    expect(passthruForm({ ...hungUp, Legs }, '+05:30').legs).toEqual([
      { status: 'completed', rawStatus: 'completed', causeCode: 16 },
    ]);
    const old = { CallSid: CALL.CallSid, From: '+12025550143', To: '+12025550178', CallType: 'incomplete' };
    expect(passthruForm(old, '+05:30')).toMatchObject({ from: '+12025550143', to: '+12025550178' });
  });

  it('without a call is refused where Exotel is named, and not recognized elsewhere', async () => {
    expect(await outcomes(post({ ...PASSTHRU, CallSid: '' }))).toEqual(['invalid_callback', undefined]);
    expect(await outcomes(get({ ...PASSTHRU, CallSid: '' }))).toEqual(['invalid_callback', undefined]);
    expect(await outcomes(get({ ...PASSTHRU, CallSid: '7' }))).toMatchObject([{ callId: '7' }, undefined]);
  });
});

describe('what waits for another answer is passed on', () => {
  it.each<[string, CallbackRequest]>([
    ['the Connect applet, which asks whom to call', get(PASSTHRU, { 'exotel-version': '1.0' })],
    ['an applet that says nothing of how the call went', get({ ...CALL, CallStatus: 'in-progress' })],
    ['a popup for agents', post({ ...CALL, EventType: 'Dial', Status: 'busy' })],
  ])('%s', async (_, request) => {
    expect(await outcomes(request)).toEqual([undefined, undefined]);
  });

  it('and a status by GET, which Exotel does not send, is one only where Exotel is named', async () => {
    const sent = get({ ...CALL, Status: 'completed' });
    expect(await outcomes(sent)).toMatchObject([{ status: 'completed', trust: 'token' }, undefined]);
    expect(await outcomes({ ...sent, url: sent.url.replace('token=t', 'token=u') })).toEqual([
      'token_mismatch',
      undefined,
    ]);
  });

  it('and a status callback is one as before', async () => {
    const [event] = (await outcomes(post({ CallSid: CALL.CallSid, Status: 'busy' }))) as AnyCallStatusEvent[];
    expect(event).toMatchObject({ status: 'busy', rawStatus: 'busy' });
  });
});

it('is an option that is true or false', () => {
  expect(() =>
    createCallStatus({ providers: [exotel({ token: 't', passthru: 'yes' as never })], worker: false }),
  ).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining('expected true or false') }),
  );
});
