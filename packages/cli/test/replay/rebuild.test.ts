import {
  type AnyCallStatusEvent,
  builtInProviders,
  type CallbackRequest,
  createCallStatus,
  exotel,
  memoryInbox,
} from '@call-status/core';
import { defineProvider } from '@call-status/core/provider';
import { callback, type Encoding, fixtures, optionsFor, type ProviderLike, proofFor, send } from '@call-status/testing';
import { expect, it } from 'vitest';
import { rebuild, whyNot } from '../../src/replay/rebuild.ts';
import { FRAMEWORKS, SECRET, startServer, type TestServer, temporaryInbox } from '../servers.ts';

const ENCODINGS = ['form', 'json', 'multipart', 'query'] as const;

/** In which other encodings all events of a provider come back; why in no more. */
const WAYS: Readonly<Record<string, readonly [encodings: readonly Encoding[], why: string]>> = {
  bandwidth: [['form', 'json', 'multipart', 'query'], 'all of them'],
  exotel: [['json'], 'a form has no null, and the only GET is that of the Passthru applet'],
  infobip: [['form', 'json', 'multipart'], 'it sends no GET'],
  jambonz: [['json'], 'the signature does not cover the content type, so only JSON is accepted'],
  mycpaas: [['form', 'json', 'multipart'], 'it sends no GET'],
  plivo: [['form', 'query'], 'the signature is over the fields of a form or a query'],
  retell: [['json'], 'as jambonz'],
  signalwire: [['form', 'json', 'query'], 'the signature is over the fields of a form or a query, or over a JSON text'],
  sinch: [['json'], 'as jambonz'],
  telnyx: [['form', 'json'], 'it has these two'],
  twilio: [['form', 'json', 'query'], 'as signalwire'],
  vapi: [['form', 'json', 'multipart'], 'it sends no GET'],
  vobiz: [['form', 'json', 'multipart', 'query'], 'all of them'],
  voicedock: [['json'], 'as jambonz'],
  vonage: [['json', 'query'], 'as jambonz'],
};

const SILENT = { warn() {}, error() {} };

function howFor(provider: ProviderLike, encoding: Encoding | undefined): Parameters<typeof rebuild>[1] {
  const to = new URL('http://127.0.0.1:3000/webhooks/voice');
  const proof = { proof: proofFor(provider, SECRET), shown: '' };
  return { provider, fixtures: fixtures(provider), encoding, to, publicUrl: undefined, proof };
}

async function recordedBy(server: TestServer): Promise<readonly AnyCallStatusEvent[]> {
  const events: AnyCallStatusEvent[] = [];
  for (let after: string | undefined; ; ) {
    const { rows, next } = await server.calls.inbox.events({ limit: 1000, ...(after !== undefined && { after }) });
    if (rows.length === 0) return events;
    events.push(...rows.map(({ event }) => event));
    after = next;
  }
}

async function sendAll(server: TestServer): Promise<void> {
  for (const provider of builtInProviders) {
    for (const { name, expect: result } of fixtures(provider)) {
      if (result.kind !== 'event') continue;
      const url = server.url(provider.definition.name);
      await send(server.origin, callback(provider, name, { ...proofFor(provider, SECRET), url }));
    }
  }
}

it.each(FRAMEWORKS)('what %s recorded becomes the same events in another server', async (framework) => {
  const first = await startServer(framework, { inbox: temporaryInbox().inbox });
  await sendAll(first);
  const recorded = await recordedBy(first);
  expect(recorded.length).toBeGreaterThan(200);
  // Koa cannot know that a path is only for callbacks, so it takes less there than the others.
  const second = await startServer(framework === 'fastify' ? 'express' : 'fastify');
  for (const event of recorded) {
    const provider = builtInProviders.find(({ definition }) => definition.name === event.provider) as ProviderLike;
    const to = new URL(second.url(event.provider));
    const { callback: request, isExact } = rebuild(event, { ...howFor(provider, undefined), to });
    expect([event.id, isExact, (await send(second.origin, request)).status]).toEqual([event.id, true, 200]);
  }
  const facts = ({ receivedAt: _, transition: __, ...event }: AnyCallStatusEvent) => event;
  expect((await recordedBy(second)).map(facts)).toEqual(recorded.map(facts));
});

it.each(builtInProviders)('$definition.name: in which encodings an event is the same', async (provider) => {
  const name = provider.definition.name as 'exotel';
  const receive = async (request: CallbackRequest) => {
    const calls = receiver(provider);
    const receipt = await calls.provider(name).receive(request);
    await calls.close();
    return receipt?.event;
  };
  const ways = new Set<Encoding>(ENCODINGS);
  const possible = fixtures(provider).filter(({ expect: { kind } }) => kind === 'event');
  for (const fixture of possible) {
    const event = await receive(callback(provider, fixture.name, proofFor(provider, SECRET)));
    for (const encoding of ways) {
      const sendsIt = encoding !== 'query' || provider.definition.methods?.includes('GET') === true;
      const remade = sendsIt && rebuild(event as AnyCallStatusEvent, howFor(provider, encoding)).callback;
      if (!remade || (await receive(remade))?.id !== event?.id) ways.delete(encoding);
    }
  }
  expect([...ways]).toEqual(WAYS[name]?.[0]);
});

function receiver(provider: (typeof builtInProviders)[number]) {
  const inbox = memoryInbox();
  return createCallStatus({ providers: [provider(optionsFor(provider, SECRET))], inbox, log: SILENT, worker: false });
}

it('a Passthru of Exotel is the same event as a form', async () => {
  const inbox = memoryInbox();
  const calls = createCallStatus({ providers: [exotel({ token: SECRET, passthru: true })], inbox, log: SILENT });
  const first = await calls.receive(callback(exotel, 'other-passthru-get', { token: SECRET }));
  const again = rebuild(first?.event as AnyCallStatusEvent, howFor(exotel, undefined));
  expect(again.encoding).toBe('form');
  expect((await calls.receive(again.callback))?.event).toMatchObject({ id: first?.event?.id, transition: 'duplicate' });
  await calls.close();
});

it('takes an encoding in which nothing is lost, also of a provider without fixtures', () => {
  const event = {
    callId: '7',
    raw: { CallSid: '7', legs: [{ seconds: 7, note: null }] },
  } as unknown as AnyCallStatusEvent;
  const how = { ...howFor(exotel, undefined), fixtures: [] };
  expect(rebuild(event, how)).toMatchObject({ encoding: 'json', isExact: true });
  expect(rebuild(event, { ...how, encoding: 'form' })).toMatchObject({ encoding: 'form', isExact: false });
  expect(rebuild(event, { ...how, fixtures: fixtures('plivo') })).toMatchObject({ encoding: 'form', isExact: false });
});

it.each([
  ['reconciled', exotel, 'it is what exotel answered when it was asked, and not a callback'],
  ['application', exotel, 'your application recorded it, and no callback did'],
  ['callback', acmeOfXml(), 'acme has a format of its own, which can be read only'],
  ['callback', exotel, undefined],
])('an event from %s: %#', (source, provider, reason) => {
  expect(whyNot({ source } as AnyCallStatusEvent, provider)).toBe(reason);
});

function acmeOfXml(): ProviderLike {
  const { definition } = exotel;
  return defineProvider({
    ...definition,
    name: 'acme',
    options: {},
    fetchCall: undefined,
    decode: () => ({}),
  } as never);
}
