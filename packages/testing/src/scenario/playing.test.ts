import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { exotel, mycpaas, signalwire, twilio } from '@call-status/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { callback } from '../callback/callback.ts';
import { callbackSender } from '../sender/sender.ts';
import { testReceiver } from '../test-receiver.ts';
import { scenario } from './scenario.ts';

/** A server with a receiver, and how many requests began. */
async function serving(publicUrl = 'https://hooks.example.com') {
  const { calls, close } = testReceiver({
    providers: [signalwire({ signingKey: 's' }), exotel({ token: 's' })],
    publicUrl,
  });
  const bodies: IncomingMessage[] = [];
  const server = createServer(async (req, res) => {
    bodies.push(req);
    const { method = '', url = '', headers } = req;
    const body = await buffer(req).catch(() => undefined);
    if (body === undefined) return;
    const receipt = await calls.receive({ method, url, headers, origin: 'http://x', body });
    res.writeHead(receipt?.status ?? 404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await close();
  });
  return { calls, bodies, server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

it('goes to a URL of this machine, and to no other', async () => {
  const { origin } = await serving();
  const busy = scenario('outbound-busy', { provider: signalwire, secret: 's', url: '/voice' });
  expect(await busy.playInto(origin)).toEqual([200, 200, 200]);
  expect(() => busy.playInto('http://hooks.example.com')).toThrow(
    'playInto() sends only to this machine, not to hooks.example.com.',
  );
});

it('sends slow bodies in pieces', async () => {
  const { origin } = await serving();
  const busy = scenario('outbound-busy', { provider: signalwire, secret: 's', url: '/voice', faults: { slow: 1 } });
  const wait = vi.fn();
  expect(await busy.playInto(origin, wait)).toEqual([200, 200, 200]);
  expect(wait).toHaveBeenCalledTimes(24);
  await using receiver = testReceiver({ providers: [signalwire({ signingKey: 's' })] });
  const inProcess = vi.fn();
  await busy.playInto(receiver.calls, inProcess);
  expect(inProcess.mock.calls).toEqual(busy.deliveries.map(({ bodyMs }) => [bodyMs]));
});

it('breaks connections in the middle of the body, and sends again', async () => {
  const { origin, bodies, calls } = await serving();
  const options = { provider: exotel, token: 's', url: '/voice', faults: { abort: 1 } };
  const busy = scenario('outbound-busy', options);
  expect(busy.deliveries).toHaveLength(4);
  expect(await busy.playInto(origin)).toEqual([200, 200]);
  expect(bodies.map(({ complete }) => complete)).toEqual([false, true, false, true]);
  const [expected] = busy.expected();
  expect((await calls.inbox.getCall('exotel', expected?.callId as string))?.events).toHaveLength(2);
});

it('is refused where the signature covers the port', () => {
  const of = (provider: typeof signalwire | typeof exotel, options: object) =>
    scenario('outbound-busy', { provider, faults: { wrongPort: 1 }, ...options });
  for (const url of ['http://127.0.0.1:3000/voice', 'https://hooks.example.com/voice', 'http://127.0.0.1:8443/']) {
    const refused = of(signalwire, { secret: 's', url });
    expect(refused.deliveries.map(({ isRefused }) => isRefused)).toEqual([true, true, true]);
    expect(refused.expected()).toEqual([]);
    expect(refused.deliveries[0]?.callback.origin).toBe(new URL(url).origin);
  }
  expect(of(exotel, { token: 's' }).expected()).toHaveLength(1);
  expect(of(signalwire, {}).expected()).toHaveLength(1);
});

it('is not complete', () => {
  const of = (faults: object) => scenario('outbound-busy', { provider: signalwire, faults });
  expect([of({ drop: 1 }).deliveries, of({ drop: 1 }).lost]).toEqual([[], ['drop', 'drop', 'drop']]);
  const { deliveries, lost, expected } = of({ dropTerminal: 1 });
  expect([deliveries.length, lost, expected()[0]?.status]).toEqual([2, ['dropTerminal'], 'ringing']);
});

it('is written otherwise where the provider can', () => {
  const typesOf = (provider: typeof exotel | typeof twilio) =>
    scenario('outbound-busy', { provider, faults: { multipart: 1 } }).deliveries.map(
      ({ callback: { method, headers } }) => headers['content-type'] ?? method,
    );
  expect(typesOf(exotel)).toEqual(['application/json', 'multipart/form-data; boundary=----call-status-testing']);
  expect(typesOf(twilio)).toEqual(['GET', 'GET', 'GET']);
  expect(typesOf(mycpaas as never)).toEqual(Array(3).fill('application/x-www-form-urlencoded'));
});

it('says only what was changed', () => {
  const faultsOf = (provider: typeof exotel | typeof mycpaas) =>
    scenario('outbound-busy', { provider, faults: { multipart: 1, late: 1 } }).deliveries.map(({ faults }) => faults);
  expect(faultsOf(exotel)).toEqual(Array(2).fill(['late', 'multipart']));
  expect(faultsOf(mycpaas)).toEqual(Array(3).fill(['late']));
});

it('says what was not for the receiver', async () => {
  await using receiver = testReceiver({ providers: [mycpaas({ token: 's' })] });
  const busy = scenario('outbound-busy', { provider: exotel, token: 's' });
  const passedOn = {
    receive: (request: object) => receiver.calls.receive({ ...request, callbackOnly: false } as never),
  };
  expect(await busy.playInto(passedOn)).toEqual([404, 404]);
});

it('does not know a server that is not there', async () => {
  const { server, origin } = await serving();
  server.close();
  const sender = callbackSender(origin);
  for (const faults of [[], ['abort']] as const) {
    const busy = callback(exotel, 'busy', { token: 's' });
    await expect(sender.send({ callback: busy, faults })).rejects.toThrow('ECONNREFUSED');
  }
  sender.close();
});

it('speaks TLS where the URL says so', async () => {
  const { origin } = await serving();
  const sender = callbackSender(origin.replace('http:', 'https:'));
  await expect(sender.send({ callback: callback(exotel, 'busy') })).rejects.toMatchObject({ code: 'EPROTO' });
  sender.close();
});

it('does not wait for ever', async () => {
  const { server, origin } = await serving();
  server.removeAllListeners('request').on('request', () => {});
  const sender = callbackSender(origin, { timeoutMs: 50 });
  await expect(sender.send({ callback: callback(exotel, 'busy') })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  sender.close();
});

it('sends a GET', async () => {
  const { origin } = await serving();
  const signed = { provider: signalwire, secret: 's', url: '/voice' };
  expect(await scenario('outbound-busy', { ...signed, faults: { multipart: 1 } }).playInto(origin)).toEqual([
    200, 200, 200,
  ]);
});

it('sends again when a kept connection is closed under it', async () => {
  const { origin, bodies } = await serving();
  const sender = callbackSender(origin);
  const busy = callback(exotel, 'busy', { url: '/voice', token: 's' });
  expect(await sender.send({ callback: busy })).toBe(200);
  bodies[0]?.socket.once('data', () => bodies[0]?.socket.resetAndDestroy());
  expect(await sender.send({ callback: busy })).toBe(200);
  sender.close();
});
