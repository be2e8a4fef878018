// Middlewares of the application that read the body at the same time, with real connections.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import Router from '@koa/router';
import Koa from 'koa';
import { onTestFinished } from 'vitest';
import { testOtherReaders } from '../../core/test/other-readers.ts';
import { callStatusMiddleware, createCallStatus, mycpaas } from '../src/index.ts';

async function start(read: (stream: Readable) => Promise<string>) {
  let all: Promise<string> | undefined;
  const log = { info() {}, warn() {}, error() {} };
  const calls = createCallStatus({ log, providers: [mycpaas({ allowUnauthenticated: true })] });
  const app = new Koa();
  app.use((ctx, next) => {
    all = read(ctx.req);
    return next();
  });
  const router = new Router().post('/mycpaas', callStatusMiddleware(calls));
  app.use(router.routes());
  app.use(callStatusMiddleware(calls));
  app.use(async (ctx) => {
    ctx.body = await text(ctx.req);
    ctx.status = ctx.body === 'Other=1' ? 201 : 500;
  });
  const server = createServer(app.callback()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await calls.close();
  });
  return { port: (server.address() as AddressInfo).port, all: () => all };
}

testOtherReaders(start);
