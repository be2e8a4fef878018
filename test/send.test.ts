// What send() of the test kit takes: applications of every framework, on real connections.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type createCallStatus, signalwire } from '@call-status/core';
import { callStatusMiddleware } from '@call-status/express';
import { callStatusPlugin } from '@call-status/fastify';
import { callStatusMiddleware as koaMiddleware } from '@call-status/koa';
import { type App, callback, forged, send, testReceiver } from '@call-status/testing';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { describe, expect, it } from 'vitest';

const provider = signalwire({ signingKey: 's' });

/** An application with call-status at `/hooks`. */
const APPS: readonly (readonly [string, (calls: ReturnType<typeof createCallStatus>) => App | Promise<App>])[] = [
  ['Express', (calls) => express().use('/hooks', callStatusMiddleware(calls))],
  ['Koa', (calls) => new Koa().use(koaMiddleware(calls))],
  ['Fastify', (receiver) => fastify().register(callStatusPlugin, { path: '/hooks', receiver })],
  ['Fetch', (calls) => async (request: Request) => (await calls.fetch(request)) ?? new Response(null, { status: 404 })],
  ['Hono', (calls) => new Hono().post('/hooks', async ({ req }) => (await calls.fetch(req.raw)) ?? new Response())],
  ['the receiver itself', (calls) => calls],
  ['a server of node', (calls) => createServer(express().use('/hooks', callStatusMiddleware(calls)))],
];

describe.each(APPS)('%s', (_, makeApp) => {
  it.each(['https://hooks.example.com/hooks', 'http://hooks.example.com:8080/hooks?tenant=7', '/hooks'])(
    'gets what was called at %s',
    async (url) => {
      await using receiver = testReceiver({ providers: [provider] });
      const app = await makeApp(receiver.calls);
      const made = callback(signalwire, 'completed', { secret: 's', url });
      expect((await send(app, forged(made))).status).toBe(403);
      expect((await send(app, made)).status).toBe(200);
      await receiver.idle();
      expect(receiver.events('onCompleted')).toHaveLength(1);
    },
  );
});

it('sends to a server that listens, and leaves it so', async () => {
  const server = createServer((req, res) => void res.writeHead(204, { 'x-host': req.headers.host }).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (let time = 1; time <= 2; time++) {
    const response = await send(server, callback(signalwire, 'completed', { url: 'http://hooks.example.com' }));
    expect([response.status, response.headers.get('x-host'), response.body]).toEqual([204, 'hooks.example.com', null]);
  }
  server.close();
});

it('sends to a service that runs, by its origin', async () => {
  await using receiver = testReceiver({ providers: [provider] });
  const server = createServer(express().use('/hooks', callStatusMiddleware(receiver.calls)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (const host of ['127.0.0.1', 'localhost']) {
    const origin = `http://${host}:${(server.address() as AddressInfo).port}`;
    const made = callback(signalwire, 'completed', { secret: 's', url: `${origin}/hooks` });
    expect((await send(origin, forged(made))).status).toBe(403);
    expect((await send(origin, made)).status).toBe(200);
  }
  server.close();
  await receiver.idle();
  expect(receiver.events('onCompleted')).toHaveLength(1);
});

it('speaks TLS with a service that does', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(send(origin, callback(signalwire, 'completed'))).rejects.toThrow(/SSL|EPROTO/);
  server.close();
});

it.each([
  ['http://127.0.0.1:3000/hooks', "pass send('http://127.0.0.1:3000', …)"],
  ['127.0.0.1:3000', 'an origin such as'],
  ['ftp://127.0.0.1', 'an origin such as'],
])('refuses %s', async (url, text) => {
  await expect(send(url, callback(signalwire, 'completed'))).rejects.toThrow(text);
});

it('returns the answer of a listener, and closes what it opened', async () => {
  let port = 0;
  const listener: RequestListener = ({ socket, method }: IncomingMessage, res: ServerResponse) => {
    port = (socket.address() as AddressInfo).port;
    res.writeHead(201, { 'set-cookie': ['a=1', 'b=2'] }).end(method);
  };
  const response = await send(listener, callback(signalwire, 'completed', { encoding: 'query' }));
  expect([response.status, response.headers.getSetCookie(), await response.text()]).toEqual([
    201,
    ['a=1', 'b=2'],
    'GET',
  ]);
  await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed');
});

it('answers 404 for a receiver to which it does not belong', async () => {
  await using receiver = testReceiver({ providers: [provider] });
  const other = callback(signalwire, 'other-message', { secret: 's' });
  expect((await send(receiver.calls, other)).status).toBe(404);
});
