import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, connect } from 'node:net';
import type { NewEvent } from '@call-status/core/inbox';
import { adapterContract, callback, type Parser, type Setup, send } from '@call-status/testing';
import express, { type RequestHandler } from 'express';
import multer from 'multer';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { deferred } from '../../testing/src/adapter-contract/deferred.ts';
import {
  builtInProviders,
  callStatusMiddleware,
  createCallStatus,
  exotel,
  memoryInbox,
  mycpaas,
  signalwire,
} from '../src/index.ts';

/** Without types: those of both versions cannot be installed at once. */
const express4 = createRequire(import.meta.url)('express4') as typeof express;

const MOUNTS = [
  { name: 'app.use(path)', callbackOnly: true },
  { name: 'app.post(path)', callbackOnly: true },
  { name: 'app.use()', callbackOnly: false },
] as const;

const PARSERS: readonly Parser[] = [
  { name: 'express.json() and urlencoded({ extended: true })', reads: ['form', 'json'] },
  { name: 'express.json() and urlencoded({ extended: false })', reads: ['form', 'json'] },
  { name: 'multer().none()', reads: ['multipart'] },
  { name: 'express.json({ verify }) that keeps rawBody', reads: ['json'], keepsBytes: true },
  { name: 'express.raw()', reads: ['form', 'json', 'multipart'], keepsBytes: true, leavesWhole: true },
  { name: 'express.text()', reads: ['form', 'json', 'multipart'], keepsBytes: true, leavesWhole: true },
];

/** What both versions have, by the types of the newer. */
function start(framework: typeof express): (setup: Setup) => Promise<Server> {
  return async (setup) => {
    const app = framework();
    app.set('trust proxy', setup.trustProxy);
    app.use((_req, _res, next) => void setup.arriving().then(() => next()));
    const parsers = setup.parser === undefined ? [] : parsersOf(framework, setup.parser);
    if (setup.order === 'before') for (const parser of parsers) app.use(parser);
    mount(framework, app, setup);
    if (setup.order === 'after') for (const parser of parsers) app.use(parser);
    app.use((req, res, next) => {
      setup.application(req, req.body, req.callStatus).then((seen) => res.status(201).json(seen), next);
    });
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
}

function mount(framework: typeof express, app: express.Application, setup: Setup): void {
  const middleware = callStatusMiddleware(setup.endpoint);
  const [outer = '', inner = ''] = setup.path.match(/\/[^/]+/g) ?? [];
  if (setup.mount === 'app.use()') app.use(middleware);
  else if (setup.mount === 'app.use(path)') app.use(outer, framework.Router().use(inner, middleware));
  else app.route(setup.path).get(middleware).post(middleware);
}

function parsersOf({ json, urlencoded, raw, text }: typeof express, name: string): RequestHandler[] {
  switch (name) {
    case PARSERS[2]?.name:
      return [multer().none()];
    case PARSERS[3]?.name:
      return [json({ verify: (req, _res, bytes) => Object.assign(req, { rawBody: bytes }) })];
    case PARSERS[4]?.name:
      return [raw({ type: () => true })];
    case PARSERS[5]?.name:
      return [text({ type: () => true })];
    default:
      return [json(), urlencoded({ extended: name.includes('true') })];
  }
}

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('callStatusMiddleware in %s', (_, framework) => {
  const contract = adapterContract({ mounts: MOUNTS, parsers: PARSERS, start: start(framework) });
  for (const { name, run } of contract) it(`keeps the contract of an adapter, ${name}`, () => run());

  it('works without options, and recognizes all providers', async () => {
    const handled = vi.spyOn(console, 'warn').mockImplementation(() => {});
    onTestFinished(() => handled.mockRestore());
    const app = framework().use(callStatusMiddleware());
    const port = await listen(app);
    expect(await post(port, '/', 'CallSid=CA1234567890abcdef&CallStatus=completed')).toBe(200);
    expect(await post(port, '/', 'a=1')).toBe(404);
    const warnings = handled.mock.calls.flat().join();
    for (const name of ['exotel', 'mycpaas', 'signalwire', 'voicedock']) expect(warnings).toContain(name);
    expect(warnings).toContain(builtInProviders.map((provider) => provider().name).join(', '));
  });

  it.each(builtInProviders)('accepts callbacks of $definition.name without options', async (provider) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const app = framework().use(callStatusMiddleware());
    expect((await send(app, callback(provider, 'completed'))).status).toBe(200);
  });

  it('tells what to write if a receiver is used as a middleware', () => {
    const calls = createCallStatus({ providers: [mycpaas()], log: { warn() {}, error() {} } });
    const advice = 'Invalid options: a receiver is not a middleware: write callStatusMiddleware(calls).';
    expect(() => framework().use('/hooks', calls as never)).toThrow(advice);
    expect(() => framework().use('/hooks', calls.provider('mycpaas') as never)).toThrow(advice);
  });

  it('stays quiet if other code has answered first', async () => {
    const inbox = memoryInbox();
    const record = inbox.record.bind(inbox);
    const recording = deferred();
    const answered = deferred();
    const calls = createCallStatus({
      providers: [mycpaas({ allowUnauthenticated: true })],
      log: { info() {}, warn() {}, error() {} },
      inbox: Object.assign(inbox, {
        record: async (event: NewEvent) => {
          recording.resolve();
          await answered.promise;
          return record(event);
        },
      }),
    });
    const app = framework().use(
      (_req, res, next) => {
        next();
        void recording.promise.then(() => res.status(504).end(() => answered.resolve()));
      },
      callStatusMiddleware(calls.provider('mycpaas')),
    );
    const port = await listen(app);
    const handled = new Promise<void>((resolve) => calls.onRinging(() => resolve()));
    expect(await post(port, '/', 'CallSid=CA1&CallStatus=ringing')).toBe(504);
    await handled;
    await calls.close();
  });

  it('knows its path on a request line with the whole URL', async () => {
    const log = { info() {}, warn() {}, error() {} };
    const app = framework().use('/hooks', callStatusMiddleware({ log, providers: [mycpaas()] }));
    const socket = connect(await listen(app), '127.0.0.1');
    const head = 'Host: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 31';
    socket.write(`POST http://a/hooks HTTP/1.1\r\n${head}\r\n\r\nCallSid=CA1&CallStatus=complete`);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 200 /);
    socket.destroy();
  });

  it('keeps the async context of each request, for its own middleware and for those behind it', async () => {
    const storage = new AsyncLocalStorage<string>();
    const provider = exotel({ token: () => storage.getStore() ?? '' });
    const app = framework();
    app.use((req, _res, next) => storage.run(req.url.slice(-3), next));
    app.use('/hooks', callStatusMiddleware({ log: { info() {}, warn() {}, error() {} }, providers: [provider] }));
    app.use((_req, res) => res.status(Number(storage.getStore())).end());
    const port = await listen(app);
    const statuses = Array.from({ length: 8 }, (_, at) => 201 + at);
    // Another message of the provider, which is passed on.
    const answers = statuses.map((status) =>
      post(port, `/hooks?token=${status}`, 'CallSid=1&EventType=Dial&Status=busy'),
    );
    expect(await Promise.all(answers)).toEqual(statuses);
  });

  it('is not misled by a route that was left before', async () => {
    const log = { info() {}, warn() {}, error() {} };
    const app = framework();
    app.post('/orders', (_req, _res, next) => next());
    app.use(callStatusMiddleware({ log, providers: [mycpaas()] }));
    app.post('/orders', framework.text({ type: () => true }), (req, res) => res.status(201).send(req.body));
    const port = await listen(app);
    expect(await post(port, '/orders', 'CallStatus=of+an+order')).toBe(201);
  });

  it('uses the first of several forwarded hosts, and none without a host', async () => {
    const origins: string[] = [];
    const app = framework()
      .set('trust proxy', true)
      .use(
        callStatusMiddleware({
          ack: 'recorded',
          log: { info() {}, warn() {}, error() {} },
          providers: [signalwire({ signingKey: 'secret' })],
          onError: ({ details }) => void origins.push(details.url ?? ''),
        }),
      );
    const port = await listen(app);
    const headers = { 'x-signalwire-signature': 'x', 'x-forwarded-host': 'a.example.com, b.example.com' };
    const body = 'CallSid=1&CallStatus=completed&Timestamp=x';
    expect(await post(port, '/', body, headers)).toBe(403);
    const socket = connect(port, '127.0.0.1');
    socket.end(
      `POST / HTTP/1.0\r\nContent-Type: ${FORM}\r\nX-SignalWire-Signature: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(origins).toEqual(['http://a.example.com/', 'http:///']);
  });
});

const FORM = 'application/x-www-form-urlencoded';

async function post(port: number, path: string, body: string, headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': FORM, ...headers },
    body,
  });
  await answer.arrayBuffer();
  return answer.status;
}

async function listen(app: express.Application): Promise<number> {
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}
