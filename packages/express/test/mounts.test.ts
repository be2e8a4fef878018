import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callStatusMiddleware, type MiddlewareOptions, mycpaas } from '../src/index.ts';

/** Without types: those of both versions cannot be installed at once. */
const express4 = createRequire(import.meta.url)('express4') as typeof express;

type Mount = (app: express.Application, middleware: RequestHandler, framework: typeof express) => void;

const PATH = '/hooks/voice';
const passOn: RequestHandler = (_req, _res, next) => next();
const wrapped =
  (middleware: RequestHandler): RequestHandler =>
  (req, res, next) =>
    middleware(req, res, next);
const asyncHandler =
  (middleware: RequestHandler): RequestHandler =>
  (req, res, next) => {
    Promise.resolve()
      .then(() => middleware(req, res, next))
      .catch(next);
  };
const withOwnNext =
  (middleware: RequestHandler): RequestHandler =>
  async (req, res, next) => {
    await new Promise<void>((resolve, reject) => {
      middleware(req, res, (error?: unknown) => (error instanceof Error ? reject(error) : resolve()));
    });
    next();
  };

const traced =
  (middleware: RequestHandler): RequestHandler =>
  (req, res, next) =>
    middleware(req, res, (error) => next(error));

const CALLBACKS_ONLY: readonly (readonly [string, Mount])[] = [
  ['app.post(path)', (app, middleware) => app.post(PATH, middleware)],
  ['app.post(path) behind another middleware', (app, middleware) => app.post(PATH, passOn, middleware)],
  ['app.all(path)', (app, middleware) => app.all(PATH, middleware)],
  ['app.route(path).post()', (app, middleware) => app.route(PATH).post(middleware)],
  ['app.post(path), wrapped', (app, middleware) => app.post(PATH, wrapped(middleware))],
  ['app.post(path) in an async handler', (app, middleware) => app.post(PATH, asyncHandler(middleware))],
  ['app.post(path) with a next of its own', (app, middleware) => app.post(PATH, withOwnNext(middleware))],
  ['app.use(path)', (app, middleware) => app.use(PATH, middleware)],
  ['app.use(path), wrapped', (app, middleware) => app.use(PATH, wrapped(middleware))],
  ['router.post(path)', (app, middleware, { Router }) => app.use(Router().post(PATH, middleware))],
  [
    'router.post() at a prefix',
    (app, middleware, { Router }) => app.use('/hooks', Router().post('/voice', middleware)),
  ],
  [
    'router.post() at a prefix, wrapped',
    (app, middleware, { Router }) => app.use('/hooks', Router().post('/voice', wrapped(middleware))),
  ],
  ['router.use() at the path', (app, middleware, { Router }) => app.use(PATH, Router().use(middleware))],
  [
    'router.use(path) at a prefix',
    (app, middleware, { Router }) => app.use('/hooks', Router().use('/voice', middleware)),
  ],
  [
    'an application at a prefix',
    (app, middleware, framework) => app.use('/hooks', framework().post('/voice', middleware)),
  ],
];

const ALSO_OTHERS: readonly (readonly [string, Mount])[] = [
  ['app.use()', (app, middleware) => app.use(middleware)],
  ['app.use(), wrapped', (app, middleware) => app.use(wrapped(middleware))],
  ['app.use() with a next of its own', (app, middleware) => app.use(withOwnNext(middleware))],
  ['app.use(prefix)', (app, middleware) => app.use('/hooks', middleware)],
  ['router.use() at a prefix', (app, middleware, { Router }) => app.use('/hooks', Router().use(middleware))],
  ['app.use() behind a route that passed it on', (app, middleware) => app.post(PATH, passOn).use(middleware)],
  [
    'app.use() behind a route that passed it on, wrapped',
    (app, middleware) => app.post(PATH, passOn).use(asyncHandler(middleware)),
  ],
  [
    'app.use() behind a route for everything, with the next of a tracer',
    (app, middleware) => app.all(/.*/, passOn).use(traced(middleware)),
  ],
  [
    'app.use() behind app.all(path), with the next of a tracer',
    (app, middleware) => app.all(PATH, passOn).use(traced(middleware)),
  ],
  [
    'app.use() behind app.route(path).all(), with the next of a tracer',
    (app, middleware) => {
      app.route(PATH).all(passOn);
      app.use(traced(middleware));
    },
  ],
  [
    'router.use() behind a route that passed it on',
    (app, middleware, { Router }) => app.use('/hooks', Router().post('/voice', passOn).use(middleware)),
  ],
];

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('callStatusMiddleware in %s', (_, framework) => {
  it.each(CALLBACKS_ONLY)('takes its URL for one of callbacks only in %s', async (_, mount) => {
    expect(await statusOf(framework, mount)).toBe(422);
    expect(await statusOf(framework, mount, { callbackOnly: false })).toBe(201);
  });

  it.each(ALSO_OTHERS)('leaves other requests to the application in %s', async (_, mount) => {
    expect(await statusOf(framework, mount)).toBe(201);
    expect(await statusOf(framework, mount, { callbackOnly: true })).toBe(422);
  });
});

/** What is answered to a request that is not a callback. */
async function statusOf(framework: typeof express, mount: Mount, options?: MiddlewareOptions): Promise<number> {
  const app = framework();
  const log = { warn() {}, error() {} };
  mount(app, callStatusMiddleware({ log, providers: [mycpaas({ allowUnauthenticated: true })] }, options), framework);
  app.use((_req, res) => res.status(201).end());
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const body = new URLSearchParams({ order: '7' });
  return (await fetch(`http://127.0.0.1:${port}${PATH}`, { method: 'POST', body })).status;
}

it('refuses options that it does not know, and its own among those of a receiver', () => {
  const misspelled = { callbackonly: true };
  expect(() => callStatusMiddleware({ providers: [mycpaas({ token: 't' })] }, misspelled as never)).toThrow(
    '`callbackonly` is no option; did you mean `callbackOnly`?',
  );
  expect(() => callStatusMiddleware({ providers: [mycpaas({ token: 't' })], callbackOnly: true } as never)).toThrow(
    'callStatusMiddleware(calls, { callbackOnly: true })',
  );
});
