// Handlers run in the async context in which their receiver was made, whichever request woke the worker: real servers, in all frameworks.
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CallStatusOptions,
  createCallStatus,
  type Inbox,
  memoryInbox,
  mycpaas,
  type ReceivedMessage,
  type Receiver,
} from '@call-status/core';
import { callStatusMiddleware as expressMiddleware } from '@call-status/express';
import { callStatusPlugin } from '@call-status/fastify';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { callStatusMiddleware as koaMiddleware } from '@call-status/koa';
import express from 'express';
import fastify from 'fastify';
import Koa from 'koa';
import { afterEach, describe, expect, it, vi } from 'vitest';

const EVENTS = 500;
const AT_ONCE = 25;
const silent = { info() {}, warn() {}, error() {} };
const storage = new AsyncLocalStorage<string>();

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function durableInbox(): Inbox {
  const folder = mkdtempSync(join(tmpdir(), 'call-status-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  return sqliteInbox({ path: join(folder, 'calls.db') });
}

/** Each framework with a middleware before call-status that gives each request a store, and a route after it for what is passed on. */
const FRAMEWORKS = {
  async express(calls: Receiver, passedOn: (url: string) => void): Promise<Server> {
    const app = express();
    app.use((req, _res, next) => storage.run(req.url, next));
    app.use(expressMiddleware(calls));
    app.use((req, res) => {
      passedOn(req.originalUrl);
      res.sendStatus(404);
    });
    return createServer(app);
  },
  async koa(calls: Receiver, passedOn: (url: string) => void): Promise<Server> {
    const app = new Koa();
    app.use((ctx, next) => storage.run(ctx.url, next));
    app.use(koaMiddleware(calls));
    app.use((ctx) => passedOn(ctx.url));
    return createServer(app.callback());
  },
  async fastify(calls: Receiver, passedOn: (url: string) => void): Promise<Server> {
    const app = fastify();
    app.addHook('onRequest', (request, _reply, done) => storage.run(request.url, done));
    await app.register(callStatusPlugin, { receiver: calls, path: '/hooks' });
    app.get('/other', (request, reply) => {
      passedOn(request.url);
      return reply.code(404).send();
    });
    await app.ready();
    return app.server;
  },
};

async function serve(
  framework: keyof typeof FRAMEWORKS,
  options: CallStatusOptions,
  passedOn: (url: string) => void,
): Promise<{ calls: Receiver; origin: string }> {
  const calls = storage.run('the receiver', () =>
    createCallStatus({ providers: [mycpaas({ token: 'a secret' })], log: silent, ...options }),
  ) as Receiver;
  closing.push(() => calls.close());
  const server = await FRAMEWORKS[framework](calls, passedOn);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { calls, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function send(origin: string, call: number): Promise<Response> {
  const body = new URLSearchParams({ CallSid: `CA${call}`, CallStatus: 'completed' });
  return fetch(`${origin}/hooks?token=a%20secret&call=${call}`, { method: 'POST', body });
}

/** Sends all calls, so many at once. */
async function sendAll(origin: string): Promise<number[]> {
  const statuses: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < EVENTS) statuses.push((await send(origin, next++)).status);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return statuses;
}

describe.each(['express', 'koa', 'fastify'] as const)('in %s', (framework) => {
  it.each([
    ['memory', 'recorded', memoryInbox],
    ['memory', 'handled', memoryInbox],
    ['SQLite', 'recorded', durableInbox],
  ] as const)('no handler sees the store of a request, with the inbox in %s and ack: %o', async (_, ack, newInbox) => {
    const stores: (string | undefined)[] = [];
    const other: (string | undefined)[] = [];
    const look = (): void => void other.push(storage.getStore());
    const { calls, origin } = await serve(
      framework,
      {
        inbox: newInbox(),
        ack,
        retry: {
          attempts: 2,
          backoff: () => {
            look();
            return 0;
          },
        },
        onError: look,
      },
      () => {},
    );
    calls.onEnded(async ({ callId }, { attempt }) => {
      stores.push(storage.getStore());
      await new Promise(setImmediate);
      stores.push(storage.getStore());
      if (attempt === 1 && callId.endsWith('7')) throw new Error('the first attempt');
    });
    // A handler that changes its own context changes no other.
    calls.onCompleted(() => storage.enterWith('a handler'));
    const statuses = await sendAll(origin);
    if (ack === 'recorded') expect(new Set(statuses)).toEqual(new Set([200]));
    await vi.waitFor(() => expect(stores).toHaveLength(2 * (EVENTS + EVENTS / 10)));
    expect(new Set(stores)).toEqual(new Set(['the receiver']));
    if (ack === 'recorded') expect(new Set(other)).toEqual(new Set(['the receiver']));
    else expect(other).toContain('the receiver');
  });

  it('what is passed on keeps the store of its request', async () => {
    const seen: [string, string | undefined][] = [];
    const { origin } = await serve(framework, { onEnded() {} }, (url) => seen.push([url, storage.getStore()]));
    await Promise.all([
      ...Array.from({ length: AT_ONCE }, (_, at) => fetch(`${origin}/other?request=${at}`)),
      ...Array.from({ length: AT_ONCE }, (_, at) => send(origin, at)),
    ]);
    expect(seen).toHaveLength(AT_ONCE);
    for (const [url, store] of seen) expect(store).toBe(url);
  });

  it('messages about a request and its trace context have its store', async () => {
    const seen: [string, string | undefined][] = [];
    const received = (message: unknown): void => {
      seen.push([(message as ReceivedMessage).callId as string, storage.getStore()]);
    };
    subscribe('call-status:received', received);
    closing.push(() => unsubscribe('call-status:received', received));
    const traced: (string | undefined)[] = [];
    const traceContext = (): undefined => void traced.push(storage.getStore());
    const { origin } = await serve(framework, { traceContext, onEnded() {} }, () => {});
    await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => send(origin, at)));
    expect(seen).toHaveLength(AT_ONCE);
    for (const [callId, store] of seen) expect(store).toMatch(new RegExp(`call=${callId.slice(2)}$`));
    expect(traced).toHaveLength(AT_ONCE);
    expect(new Set(traced)).toEqual(new Set(seen.map(([, store]) => store)));
  });
});
