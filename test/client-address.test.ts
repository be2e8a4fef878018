// Rejected callbacks are kept with the network of the client, as the framework sees it.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCallStatus, memoryInbox, type Receiver, signalwire } from '@call-status/core';
import type { NewRefusal, Refusals } from '@call-status/core/inbox';
import { callStatusMiddleware as forExpress } from '@call-status/express';
import { callStatusPlugin } from '@call-status/fastify';
import { callStatusMiddleware as forKoa } from '@call-status/koa';
import Router from '@koa/router';
import express from 'express';
import Fastify from 'fastify';
import Koa from 'koa';
import { expect, it, onTestFinished } from 'vitest';

type Make = (calls: Receiver, trustsProxy: boolean) => Promise<RequestListener>;

const FRAMEWORKS: Record<string, Make> = {
  Express: async (calls, trustsProxy) => express().set('trust proxy', trustsProxy).use('/voice', forExpress(calls)),
  Koa: async (calls, trustsProxy) => {
    const app = new Koa({ proxy: trustsProxy });
    return app.use(new Router().post('/voice', forKoa(calls)).routes()).callback();
  },
  Fastify: async (calls, trustsProxy) => {
    const fastify = Fastify({ trustProxy: trustsProxy });
    fastify.register(callStatusPlugin, { path: '/voice', receiver: calls });
    await fastify.ready();
    return (req, res) => fastify.routing(req, res);
  },
};

it.each(Object.entries(FRAMEWORKS))('%s says who called, also behind a trusted proxy', async (_, make) => {
  for (const [trustsProxy, caller] of [
    [false, '127.0.0.0/24'],
    [true, '198.51.100.0/24'],
  ] as const) {
    const kept: NewRefusal[] = [];
    const refusals = { keep: async (rows: readonly NewRefusal[]) => void kept.push(...rows) } as unknown as Refusals;
    const inbox = Object.assign(memoryInbox(), { refusals });
    const calls = createCallStatus({
      providers: [signalwire({ signingKey: 'PSK' })],
      inbox,
      log: { warn() {}, error() {} },
    });
    const server = createServer(await make(calls as Receiver, trustsProxy)).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { status } = await fetch(`http://127.0.0.1:${port}/voice`, {
      method: 'POST',
      headers: { 'x-forwarded-for': '198.51.100.9' },
      body: new URLSearchParams({ CallSid: '1', CallStatus: 'busy' }),
    });
    await calls.close();
    expect([status, kept.map((row) => row.caller)]).toEqual([403, [caller]]);
  }
});
