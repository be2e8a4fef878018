// On a route that names its provider, a GET of any message is verified before it is passed on, as a POST is.
import { describe, expect, it } from 'vitest';
import type { CallbackRequest } from '../callback-request.ts';
import { createCallStatus } from '../create-call-status.ts';
import type { Provider } from '../provider/define-provider.ts';
import { bandwidth } from '../providers/bandwidth.ts';
import { exotel } from '../providers/exotel.ts';
import { plivo } from '../providers/plivo.ts';
import { signalwire } from '../providers/signalwire.ts';
import { twilio } from '../providers/twilio.ts';
import { vobiz } from '../providers/vobiz.ts';
import { vonage } from '../providers/vonage.ts';

const SECRET = 'me:s-1';
const NOW = 1_764_590_461_623;
const UUID = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';

type Query = Readonly<Record<string, string>>;

/** Other messages, which the application answers. */
const OTHERS: readonly (readonly [string, Provider, Query])[] = [
  ['the input of Vonage', vonage({ signatureSecret: SECRET }), { uuid: UUID, status: 'input', dtmf: '1234' }],
  ['the input of Vonage without a status', vonage({ signatureSecret: SECRET }), { uuid: UUID, dtmf: '1234' }],
  ['an error of Vonage', vonage({ signatureSecret: SECRET }), { conversation_uuid: `CON-${UUID}`, reason: 'x' }],
  ['the digits of Bandwidth', bandwidth({ credentials: SECRET }), { eventType: 'gather', callId: 'c-1', digits: '1' }],
  ['an event of a conference of Bandwidth', bandwidth({ credentials: SECRET }), { eventType: 'conferenceCreated' }],
  ['the digits of Twilio', twilio({ authToken: SECRET }), { CallSid: 'CA1', Digits: '1', CallStatus: 'in-progress' }],
  ['the digits of Twilio without a status', twilio({ authToken: SECRET }), { CallSid: 'CA1', Digits: '1' }],
  ['the digits of SignalWire', signalwire({ signingKey: SECRET }), { CallSid: UUID, Digits: '1' }],
  ['the digits of Plivo', plivo({ authToken: SECRET }), { CallUUID: UUID, Digits: '1', Event: 'Redirect' }],
  ['the digits of Vobiz', vobiz({ authToken: SECRET }), { CallUUID: UUID, Digits: '1', Event: 'Redirect' }],
  ['an applet of Exotel', exotel({ token: SECRET }), { CallSid: '5b1e0000000000000000000000000014', CallType: 'x' }],
];

const PROVIDERS = [...new Map(OTHERS.map(([, provider]) => [provider.name, provider])).values()];

async function answerTo(provider: Provider, query: string, headers: CallbackRequest['headers'] = {}, isProved = false) {
  const calls = createCallStatus({
    providers: [provider],
    clock: () => NOW,
    log: { info() {}, warn() {}, error() {} },
  });
  const token = provider.definition.sign === undefined && isProved ? `&token=${encodeURIComponent(SECRET)}` : '';
  const request = { method: 'GET', url: `/hooks${query}${token}`, origin: 'https://h.example', headers };
  const signed = isProved ? provider.definition.sign?.(request, { secret: SECRET, nowMs: NOW }) : undefined;
  const receipt = await calls.receive(signed ?? request);
  await calls.close();
  return receipt && [receipt.status, receipt.error?.code];
}

const written = (query: Query) => `?${new URLSearchParams(query).toString()}`;

describe.each(OTHERS)('%s by GET', (_, provider, query) => {
  it('is passed on if it is genuine', async () => {
    expect(await answerTo(provider, written(query), {}, true)).toBeUndefined();
  });

  it('is refused without a proof, or with a forged one', async () => {
    const code = expect.stringMatching(/^(?:signature|credentials|token)_missing$/);
    expect(await answerTo(provider, written(query))).toEqual([403, code]);
    // However its parser reads them, the application gets no id.
    const lists = Object.fromEntries(Object.entries(query).map(([name, value]) => [`${name}[]`, value]));
    expect(await answerTo(provider, written(lists))).toEqual([403, code]);
    const headers = { authorization: 'Bearer forged' };
    expect(await answerTo(provider, written(query), headers)).toEqual([
      403,
      expect.stringMatching(/_m(?:issing|ismatch)$/),
    ]);
  });
});

describe.each(PROVIDERS.map((provider) => [provider.name, provider] as const))(
  'a GET to a route of %s',
  (_, provider) => {
    it('is passed on if it is of a browser', async () => {
      for (const query of ['', '?page=2&lang=en']) expect(await answerTo(provider, query)).toBeUndefined();
    });

    it('is refused if it has too many parameters to find out', async () => {
      expect(await answerTo(provider, `?${'a=1&'.repeat(1000)}CallSid=CA1`)).toEqual([413, 'body_too_large']);
    });
  },
);

it('requests of the Connect applet of Exotel, which have no token, are passed on', async () => {
  const query = written({ CallSid: '5b1e0000000000000000000000000014', CallType: 'x' });
  const headers = { 'exotel-version': '1.0' };
  expect(await answerTo(exotel({ token: SECRET, passthru: true }), query, headers)).toBeUndefined();
});

it('a shared route passes on what no provider recognizes, as before', async () => {
  const calls = createCallStatus({ providers: PROVIDERS, log: { info() {}, warn() {}, error() {} } });
  for (const query of [...OTHERS.map(([, , one]) => written(one)), `?${'a=1&'.repeat(1001)}`]) {
    const request = { method: 'GET', url: `/hooks${query}`, origin: 'https://h.example', headers: {} };
    expect(await calls.receive(request)).toBeUndefined();
  }
  await calls.close();
});
