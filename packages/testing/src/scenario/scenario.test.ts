import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { builtInProviders, exotel, mycpaas, signalwire } from '@call-status/core';
import { describe, expect, it, vi } from 'vitest';
import { optionsFor, proofFor } from '../callback/proof.ts';
import { testReceiver } from '../test-receiver.ts';
import { scenario } from './scenario.ts';
import { SCENARIO_NAMES, SCRIPTS } from './scenarios.ts';

const providers = builtInProviders.map((provider) => provider(optionsFor(provider, 's')));
const all = builtInProviders
  .filter(({ definition }) => definition.name in SCRIPTS)
  .flatMap((provider) => SCENARIO_NAMES.map((name) => ({ name, provider, of: provider.definition.name })));
const FAULTS = { duplicate: 0.4, shuffle: true, late: 0.3, dropTerminal: 0.3, slow: 0.3 };

describe.each(all)('$name of $of', ({ name, provider }) => {
  it.each([undefined, 1, 2, 3, 4, 5])('becomes what is expected, with the faults of seed %s', async (seed) => {
    await using receiver = testReceiver({ providers });
    const { calls, clock, idle } = receiver;
    const proof = { ...proofFor(provider, 's'), nowMs: clock.now() };
    const played = scenario(name, { provider, ...proof, ...(seed && { seed, faults: FAULTS }) });
    const statuses = await played.playInto(calls.provider(provider.definition.name), clock.advance);
    expect(statuses).toEqual(played.deliveries.map(() => 200));
    await idle();
    for (const { provider: of, callId, status, terminal, eventCount } of played.expected()) {
      const call = await calls.inbox.getCall(of, callId);
      expect([call?.status, call?.terminal, call?.events.length]).toEqual([status, terminal, eventCount]);
    }
  });

  it('ends, or does not, as its name says', () => {
    const expected = scenario(name, { provider }).expected();
    expect(expected.every(({ terminal }) => terminal)).toBe(name !== 'never-ends');
    expect(expected.length).toBe(name === 'transfer-two-legs' && provider !== exotel ? 2 : 1);
  });
});

it('has scenarios of built-in providers', () => {
  const names = builtInProviders.map(({ definition }) => definition.name as string);
  expect(Object.keys(SCRIPTS).filter((name) => !names.includes(name))).toEqual([]);
});

it('is the same for the same seed', () => {
  const made = (seed: number) =>
    scenario('outbound-answered', { provider: signalwire, secret: 's', nowMs: 0, seed, faults: FAULTS }).deliveries;
  expect(made(7)).toEqual(made(7));
  expect(made(7)).not.toEqual(made(8));
});

it('goes to a URL of this machine, and to no other', async () => {
  const { calls, close } = testReceiver({ providers, publicUrl: 'https://hooks.example.com' });
  const server = createServer(async (req, res) => {
    const { method = '', url = '', headers } = req;
    const receipt = await calls.receive({ method, url, headers, origin: 'http://x', body: await buffer(req) });
    res.writeHead(receipt?.status ?? 404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const busy = scenario('outbound-busy', { provider: signalwire, secret: 's', url: '/voice', faults: { slow: 1 } });
  const wait = vi.fn();
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await busy.playInto(origin, wait)).toEqual([200, 200, 200]);
  expect(wait).toHaveBeenCalledTimes(3);
  expect(() => busy.playInto('http://hooks.example.com')).toThrow(
    'playInto() sends only to this machine, not to hooks.example.com.',
  );
  server.close();
  await close();
});

it('says what was not for the receiver', async () => {
  await using receiver = testReceiver({ providers: [mycpaas({ token: 's' })] });
  const busy = scenario('outbound-busy', { provider: exotel, token: 's' });
  const passedOn = {
    receive: (request: object) => receiver.calls.receive({ ...request, callbackOnly: false } as never),
  };
  expect(await busy.playInto(passedOn)).toEqual([404, 404]);
});

it('refuses what it does not know', () => {
  expect(() => scenario('outbound-anwsered' as never, { provider: signalwire })).toThrow(
    'There is no scenario "outbound-anwsered". There are outbound-answered, ',
  );
  const acme = { definition: { ...exotel.definition, name: 'acme' } };
  expect(() => scenario('voicemail', { provider: acme })).toThrow(
    'No scenario is written for acme: play callbacks of your own.',
  );
});

it.each<[object, string]>([
  [{ faults: { dupe: 1 } }, '`faults.dupe` is no option; known: duplicate, shuffle, late, dropTerminal, slow.'],
  [{ faults: { shuffle: 1 } }, '`faults.shuffle`: expected true or false, got 1.'],
  [{ faults: { slow: 2 } }, '`faults.slow`: expected a probability from 0 to 1, got 2.'],
  [{ faults: 'all' }, "`faults`: expected an object of duplicate, shuffle, late, dropTerminal, slow, got 'all'."],
  [{ sede: 1 }, '`sede` is no option; did you mean `seed`?'],
  [{ provider: 'signalwire' }, "`provider`: expected a built-in provider, such as signalwire, got 'signalwire'."],
])('refuses the options %j', (options, issue) => {
  expect(() => scenario('voicemail', { provider: signalwire, ...options })).toThrow(issue);
});
