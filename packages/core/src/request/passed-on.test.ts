import { describe, expect, it, vi } from 'vitest';
import type { CallbackRequest } from '../callback-request.ts';
import { createCallStatus } from '../create-call-status.ts';
import type { CallStatusOptions } from '../options/call-status-options.ts';
import { defineProvider, type Provider } from '../provider/define-provider.ts';
import { required } from '../provider/standard-schema.ts';
import { exotel } from '../providers/exotel.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { signalwire } from '../providers/signalwire.ts';
import { voicedock } from '../providers/voicedock.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '10' };
const quiet = { warn() {}, error() {} };

const picky = defineProvider({
  name: 'picky',
  signs: 'nothing',
  statuses: {},
  schema: required<{ readonly id: string }>('id'),
  recognizes: () => false,
  whyNot: (message) => (message.fields['id'] === undefined ? undefined : 'Its id\u202e looks odd.'),
  isCallStatus: (fields) => fields['silent'] === undefined && (fields['other'] === undefined || 'It has other.'),
  normalize: ({ id }) => ({ callId: id, rawStatus: '' }),
  eventKey: () => '',
});

function request(body: string, more: Partial<CallbackRequest> = {}): CallbackRequest {
  return {
    method: 'POST',
    url: '/hooks/voice?token=secret',
    origin: 'https://example.com',
    headers: FORM,
    body: Buffer.from(body),
    ...more,
  };
}

function receiver(
  providers: readonly Provider[],
  options: Omit<CallStatusOptions<readonly Provider[]>, 'providers'> = {},
) {
  const debug = vi.fn();
  return { debug, calls: createCallStatus({ providers, log: { ...quiet, debug }, ...options }) };
}

async function reasonOf(providers: readonly Provider[], given: CallbackRequest): Promise<string> {
  const { calls, debug } = receiver(providers);
  expect(await calls.receive(given)).toBeUndefined();
  expect(debug).toHaveBeenCalledOnce();
  const [details, message] = debug.mock.calls[0] as [{ reason: string }, string];
  expect(message).toBe(`Passed on to your application: ${details.reason}`);
  return details.reason;
}

describe('a request that is passed on leaves one debug line', () => {
  it('with what it was and why', async () => {
    const { calls, debug } = receiver([picky(), exotel()]);
    await calls.receive(request('id=1'));
    const reason = 'picky: Its id\\u{202e} looks odd.';
    const shown = { method: 'POST', contentType: 'application/x-www-form-urlencoded', url: '/hooks/voice?token=…' };
    expect(debug.mock.calls).toEqual([
      [{ code: 'passed_on', reason, ...shown }, `Passed on to your application: ${reason}`],
    ]);
  });

  it('with the provider, where it is another message of one', async () => {
    const { calls, debug } = receiver([picky()]);
    await calls.receive(
      request('id=1&other=1', {
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
        body: undefined,
        parsed: { id: '1', other: '1' },
      }),
    );
    expect(debug.mock.calls[0]?.[0]).toMatchObject({
      provider: 'picky',
      reason: 'It has other.',
      contentType: 'multipart/form-data',
    });
    await calls.receive(request('id=1&silent=1'));
    expect(debug.mock.calls[1]?.[0]).toMatchObject({ reason: 'It is another message of the provider.' });
  });

  it.each([
    ['another method', [voicedock()], request('', { method: 'GET' }), 'Callbacks of voicedock use POST.'],
    [
      'another method of all',
      [voicedock(), mycpaas()],
      request('', { method: 'GET' }),
      'Callbacks of voicedock, mycpaas use POST.',
    ],
    [
      'no fields',
      [exotel(), mycpaas()],
      request('a=1'),
      'It does not have the fields of a callback of exotel, mycpaas.',
    ],
    [
      'no fields of those asked',
      [voicedock(), signalwire()],
      request('', { method: 'GET', url: '/' }),
      'It does not have the fields of a callback of signalwire.',
    ],
    [
      'no JSON',
      [exotel(), mycpaas()],
      request('{', { headers: { 'content-type': 'application/json' }, callbackOnly: false }),
      'exotel: Its body cannot be read (malformed_body). mycpaas: Its body cannot be read (malformed_body).',
    ],
  ])('that says why: %s', async (_, providers, given, reason) => {
    expect(await reasonOf(providers, given)).toBe(reason);
  });

  const all = [signalwire(), exotel(), voicedock(), mycpaas()];
  const uuid = 'b3877c40-da60-4998-90ad-b792e98472ca';
  const ONLY =
    'It has none of CallbackSource, Timestamp, SequenceNumber, CallDuration, so it may ask for XML: name the provider.';

  it.each([
    [
      'CallSid=b3877c40&CallStatus=completed&CallDuration=1',
      {},
      'signalwire: CallSid is not a UUID, and there is no header of SignalWire: name the provider. mycpaas: CallSid does not begin with CA: name the provider.',
    ],
    [
      `CallSid=${uuid}&CallStatus=completed&From=a`,
      { 'x-signalwire-signature': 'x' },
      `signalwire: ${ONLY} mycpaas: It has x-signalwire-signature, so it comes from a relative.`,
    ],
    [
      'CallSid=CA1&CallStatus=completed&From=a',
      {},
      `signalwire: CallSid is not a UUID, and there is no header of SignalWire: name the provider. mycpaas: ${ONLY}`,
    ],
    ['CallSid=12345&Status=completed', {}, 'exotel: CallSid is not 32 hexadecimal digits: name the provider.'],
    ['CallSid=12345&Status=free', {}, 'exotel: It is a popup for agents.'],
    [
      'CallSid=12345&CallType=completed',
      {},
      'exotel: It is of an applet: only Passthru is taken, with the option passthru.',
    ],
    ['call_id=1&call_state=ended', {}, /^signalwire: It is a call state of SWML or Relay; .* mycpaas: /],
    ['message[call][id]=1', {}, 'voicedock: It has no message.type: name the provider.'],
    ['message[type]=tool-calls', {}, 'voicedock: Its message.type is not status-update: it is another message.'],
    ['message[type]=status-update', {}, 'voicedock: It lacks message.call with id and status.'],
    [
      'message[type]=status-update',
      { 'x-webhook-event': 'other' },
      'voicedock: Its X-Webhook-Event is not status-update.',
    ],
    ['a=1', {}, 'It does not have the fields of a callback of signalwire, exotel, voicedock, mycpaas.'],
  ])('in the words of the providers: %s %o', async (body, headers, reason) => {
    const given = await reasonOf(all, request(body, { headers: { ...FORM, ...headers } }));
    if (typeof reason === 'string') expect(given).toBe(reason);
    else expect(given).toMatch(reason);
  });

  it('with the advice to mount at the very path, where the provider is named already', async () => {
    const given = request('CallSid=CA1&CallStatus=completed', { callbackOnly: false });
    expect(await reasonOf([signalwire()], given)).toBe(
      'signalwire: CallSid is not a UUID, and there is no header of SignalWire: mount call-status at exactly this path.',
    );
  });

  it('that says so where the code of a provider threw', async () => {
    const broken = defineProvider({
      ...picky.definition,
      recognizes: () => {
        throw new Error('broken');
      },
    });
    expect(await reasonOf([broken(), exotel()], request('a=1', { callbackOnly: false }))).toBe(
      'picky: Its code threw.',
    );
  });

  it('that says that a body is over the limit, where the URL is not for callbacks only', async () => {
    const { calls, debug } = receiver([exotel()], { limits: { bytes: 10 } });
    await calls.receive(request('x'.repeat(11), { callbackOnly: false }));
    expect(debug.mock.calls[0]?.[0]).toMatchObject({ reason: 'Its body is over limits.bytes (10).' });
  });

  it.each([
    ['PUT', {}, true, 'Callbacks of exotel use POST or GET.'],
    ['POST', {}, false, 'Its content type is not form, multipart or JSON.'],
    ['POST', { 'content-type': 'text/html' }, false, 'Its content type is not form, multipart or JSON.'],
    [
      'POST',
      { ...FORM, 'content-encoding': 'gzip' },
      false,
      'It has a Content-Encoding, which is supported only if the URL is only for callbacks.',
    ],
    [
      'POST',
      { ...FORM, 'content-length': undefined },
      false,
      'It has no Content-Length, which is required unless the URL is for callbacks only.',
    ],
    ['POST', { ...FORM, 'content-length': '100000' }, false, 'Its body is over limits.bytes (65536).'],
  ])('by its head: %s %o', (method, headers, callbackOnly, reason) => {
    const { calls, debug } = receiver([exotel()]);
    expect(calls.provider('exotel' as never).accepts({ method, headers, callbackOnly, url: '/voice?a=1' })).toBe(false);
    expect(debug.mock.calls[0]?.[0]).toMatchObject({ code: 'passed_on', method, url: '/voice?a=…', reason });
  });

  it('and no other where it is a callback', async () => {
    const { calls, debug } = receiver([mycpaas(), voicedock()]);
    const endpoint = calls.provider('mycpaas' as never);
    expect(endpoint.accepts({ method: 'POST', headers: FORM })).toBe(true);
    expect((await endpoint.receive(request('CallSid=CA1&CallStatus=ringing')))?.status).toBe(200);
    expect(debug).not.toHaveBeenCalled();
    await calls.close();
  });

  it('and costs nothing where they are not written', async () => {
    const whyNot = vi.fn(() => 'why');
    const own = defineProvider({ ...picky.definition, whyNot });
    const debug = vi.fn();
    for (const log of [quiet, { ...quiet, debug, isLevelEnabled: (level: string) => level !== 'debug' }]) {
      const calls = createCallStatus({ providers: [own(), exotel()], log });
      expect(await calls.receive(request('a=1'))).toBeUndefined();
    }
    expect(whyNot).not.toHaveBeenCalled();
    expect(debug).not.toHaveBeenCalled();
  });

  it('of each reason ten a minute, and then a count', async () => {
    const { calls, debug } = receiver([exotel(), mycpaas()]);
    for (let number = 0; number < 100; number++) await calls.receive(request(`a=${number}`));
    expect(debug).toHaveBeenCalledTimes(10);
    await calls.close();
    const reason = 'It does not have the fields of a callback of exotel, mycpaas.';
    expect(debug).toHaveBeenCalledTimes(11);
    expect(debug.mock.calls[10]).toEqual([
      { code: 'passed_on', reason, more: 90 },
      'passed_on: 90 more within a minute.',
    ]);
  });
});
