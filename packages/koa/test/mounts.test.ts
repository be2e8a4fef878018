import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import Router from '@koa/router';
import Koa, { type Middleware } from 'koa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callStatusMiddleware, type MiddlewareOptions, mycpaas } from '../src/index.ts';

// Neither has types that are installed here.
const require = createRequire(import.meta.url);
const mount: (path: string, what: object) => Middleware = require('koa-mount');
const compose: (middlewares: Middleware[]) => Middleware = createRequire(require.resolve('koa'))('koa-compose');

type Mount = (app: Koa, middleware: Middleware) => void;

const PATH = '/hooks/voice';
const passOn: Middleware = (_ctx, next) => next();
const answer: Middleware = async (ctx, next) => {
  ctx.body = 'answered';
  await next();
};
const wrapped =
  (middleware: Middleware): Middleware =>
  async (ctx, next) => {
    await middleware(ctx, next);
  };

const CALLBACKS_ONLY: readonly (readonly [string, Mount])[] = [
  ['router.post(path)', (app, middleware) => app.use(new Router().post(PATH, middleware).routes())],
  ['router.post(path), wrapped', (app, middleware) => app.use(new Router().post(PATH, wrapped(middleware)).routes())],
  [
    'router.post(path), composed',
    (app, middleware) => app.use(new Router().post(PATH, compose([passOn, middleware])).routes()),
  ],
  [
    'router.post(path) behind router.use()',
    (app, middleware) => app.use(new Router().use(passOn).post(PATH, wrapped(middleware)).routes()),
  ],
  [
    'app.use() and router.post(path)',
    (app, middleware) => app.use(middleware).use(new Router().post(PATH, middleware).routes()),
  ],
  [
    'router.use() and router.post(path)',
    (app, middleware) => app.use(new Router().use(middleware).post(PATH, middleware).routes()),
  ],
  [
    'router.post() of a router with a prefix',
    (app, middleware) => app.use(new Router({ prefix: '/hooks' }).post('/voice', wrapped(middleware)).routes()),
  ],
  [
    'router.post() of a nested router',
    (app, middleware) => app.use(new Router().use('/hooks', new Router().post('/voice', middleware).routes()).routes()),
  ],
  [
    'router.post() of a mounted router, wrapped',
    (app, middleware) => app.use(mount('/hooks', new Router().post('/voice', wrapped(middleware)).routes())),
  ],
  ['mount(path)', (app, middleware) => app.use(mount(PATH, middleware))],
  ['mount(path), wrapped', (app, middleware) => app.use(mount(PATH, wrapped(middleware)))],
  ['mount(path) of an application', (app, middleware) => app.use(mount(PATH, new Koa().use(middleware)))],
  ['mount() in a mount', (app, middleware) => app.use(mount('/hooks', new Koa().use(mount('/voice', middleware))))],
];

const ALSO_OTHERS: readonly (readonly [string, Mount])[] = [
  ['app.use()', (app, middleware) => app.use(middleware)],
  ['app.use(), wrapped', (app, middleware) => app.use(wrapped(middleware))],
  ['router.use()', (app, middleware) => app.use(new Router().use(middleware).post(PATH, passOn).routes())],
  [
    'router.use(), wrapped',
    (app, middleware) => app.use(new Router().use(wrapped(middleware)).post(PATH, passOn).routes()),
  ],
  [
    'router.use(path), wrapped',
    (app, middleware) => app.use(new Router().use(PATH, wrapped(middleware)).post(PATH, passOn).routes()),
  ],
  ['mount(prefix)', (app, middleware) => app.use(mount('/hooks', middleware))],
  [
    'app.use() behind a route that passed it on',
    (app, middleware) => app.use(new Router().post(PATH, passOn).routes()).use(middleware),
  ],
  ['app.use() behind a mount that passed it on', (app, middleware) => app.use(mount(PATH, passOn)).use(middleware)],
  [
    'mount(prefix) behind a route that passed it on',
    (app, middleware) => app.use(new Router().post(PATH, passOn).routes()).use(mount('/hooks', middleware)),
  ],
  [
    'an application at a prefix behind a route for everything',
    (app, middleware) =>
      app.use(new Router().all(/.*/, passOn).routes()).use(mount('/hooks', new Koa().use(middleware))),
  ],
  [
    'app.use(), wrapped, behind router.all(path)',
    (app, middleware) => app.use(new Router().all(PATH, passOn).routes()).use(wrapped(middleware)),
  ],
  [
    'app.use(), wrapped, behind a route that answered',
    (app, middleware) => app.use(new Router().post(PATH, answer).routes()).use(wrapped(middleware)),
  ],
  [
    'app.use() behind a router without its path',
    (app, middleware) => app.use(new Router().post('/', passOn).routes()).use(wrapped(middleware)),
  ],
];

describe('callStatusMiddleware', () => {
  it.each(CALLBACKS_ONLY)('takes its URL for one of callbacks only in %s', async (_, place) => {
    expect(await statusOf(place)).toBe(422);
    expect(await statusOf(place, { callbackOnly: false })).toBe(201);
  });

  it.each(ALSO_OTHERS)('leaves other requests to the application in %s', async (_, place) => {
    expect(await statusOf(place)).toBe(201);
    expect(await statusOf(place, { callbackOnly: true })).toBe(422);
  });
});

/** What is answered to a request that is not a callback. */
async function statusOf(place: Mount, options?: MiddlewareOptions): Promise<number> {
  const app = new Koa();
  const log = { warn() {}, error() {} };
  place(app, callStatusMiddleware({ log, providers: [mycpaas({ allowUnauthenticated: true })] }, options));
  app.use((ctx) => {
    ctx.status = 201;
  });
  const server = createServer(app.callback()).listen(0, '127.0.0.1');
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
