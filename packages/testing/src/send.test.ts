import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exotel, signalwire } from '@call-status/core';
import { expect, it, onTestFinished } from 'vitest';
import { callback } from './callback/callback.ts';
import { forged } from './callback/negative.ts';
import { send } from './send.ts';
import { testReceiver } from './test-receiver.ts';

it('gives up an answer without end, and closes its connection', async () => {
  const server = createServer((_, res) => {
    const write = (): void => {
      while (res.write('x'.repeat(65_536)));
      res.once('drain', write);
    };
    write();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const requested = once(server, 'request');
  const sending = send(`http://127.0.0.1:${port}`, callback(exotel, 'busy'));
  const [{ socket }] = (await requested) as [IncomingMessage];
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await expect(sending).rejects.toThrow('The answer has more than 8 MiB.');
  await closed;
});

it('leaves no connection open', async () => {
  const server = createServer((_, res) => res.end('ok')).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const closed = once(server, 'connection').then(([socket]) => once(socket, 'close'));
  const { port } = server.address() as AddressInfo;
  expect(await (await send(`http://127.0.0.1:${port}`, callback(exotel, 'busy'))).text()).toBe('ok');
  await closed;
});

it('a refused callback has the diagnosis in its error', async () => {
  await using receiver = testReceiver({ providers: [signalwire({ signingKey: 's' })] });
  const { calls, clock, errors } = receiver;
  const signed = callback(signalwire, 'busy', {
    url: 'https://hooks.example.com/voice',
    secret: 's',
    nowMs: clock.now(),
  });
  const { status } = await send(calls, { ...signed, origin: 'http://hooks.example.com' });
  expect([status, errors().map(({ message }) => message)]).toEqual([
    403,
    [expect.stringContaining('Found by trying: The provider called https.')],
  ]);
});

it('resolves when a refusal has been reported', async () => {
  await using receiver = testReceiver({ providers: [exotel({ token: 't' })] });
  const { calls, errors } = receiver;
  const { status } = await send(calls, forged(callback(exotel, 'busy', { token: 't' })));
  expect([status, errors().map(({ code }) => code)]).toEqual([403, ['token_mismatch']]);
});
