import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Board } from '@call-status/core/adapter';
import { boardMiddleware as inExpress } from '@call-status/express';
import { boardPlugin } from '@call-status/fastify';
import { boardMiddleware as inKoa } from '@call-status/koa';
import Router from '@koa/router';
import express from 'express';
import Fastify, { type FastifyInstance } from 'fastify';
import helmet from 'helmet';
import Koa, { type Middleware } from 'koa';
import { onTestFinished } from 'vitest';

const require = createRequire(import.meta.url);
/** Without types: those of both versions cannot be installed at once. */
const express4 = require('express4') as typeof express;
const mount: (path: string, middleware: Middleware | Koa) => Middleware = require('koa-mount');

/** Makes an application with a board, and returns a listener of its requests. */
type Make = (board: Board, trustsProxy: boolean) => RequestListener | Promise<RequestListener>;

/** Applications by name, all with the board at `/ops/calls`. */
export const APPLICATIONS: readonly (readonly [name: string, make: Make])[] = [
  ...[express, express4].flatMap((framework, index) => {
    const name = `Express ${5 - index}`;
    return [
      [`${name}, app.use(path)`, (board, trusts) => expressWith(framework, trusts).use('/ops/calls', inExpress(board))],
      [
        `${name}, routers in routers`,
        (board, trusts) =>
          expressWith(framework, trusts).use(
            '/ops',
            framework.Router().use(framework.Router().use('/calls', inExpress(board))),
          ),
      ],
      [
        `${name}, an application in another`,
        (board, trusts) => expressWith(framework, trusts).use('/:any', framework().use('/calls/', inExpress(board))),
      ],
      [
        `${name}, behind body parsers`,
        (board, trusts) =>
          expressWith(framework, trusts)
            .use(framework.json(), framework.urlencoded({ extended: true }))
            .use('/ops/calls', inExpress(board)),
      ],
    ] as const satisfies readonly (readonly [string, Make])[];
  }),
  ['Koa, at a path of its own', (board, trusts) => koaWith(trusts, inKoa(board, { path: '/ops/calls/' }))],
  ['Koa, koa-mount', (board, trusts) => koaWith(trusts, mount('/ops/calls', inKoa(board)))],
  [
    'Koa, mounts in mounts',
    (board, trusts) => koaWith(trusts, mount('/ops', mount('/calls', new Koa().use(inKoa(board))))),
  ],
  ['Koa, a path in a mount', (board, trusts) => koaWith(trusts, mount('/ops', inKoa(board, { path: '/calls' })))],
  [
    'Koa, @koa/router behind a body parser',
    (board, trusts) => {
      const router = new Router({ prefix: '/ops' });
      router.all('/calls{/*rest}', inKoa(board, { path: '/ops/calls' }));
      return koaWith(trusts, parseInKoa, router.routes() as Middleware);
    },
  ],
  [
    'Fastify, path',
    (board, trusts) => fastifyWith(trusts, (app) => app.register(boardPlugin, { path: '/ops/calls', board })),
  ],
  [
    'Fastify, prefix',
    (board, trusts) => fastifyWith(trusts, (app) => app.register(boardPlugin, { prefix: '/ops/calls', board })),
  ],
  [
    'Fastify, prefixes with a parameter and a path',
    (board, trusts) =>
      fastifyWith(trusts, (app) =>
        app.register(async (scope) => void scope.register(boardPlugin, { prefix: '/:any', path: '/calls/', board })),
      ),
  ],
];

/** Starts it on a free port, with helmet's defaults, and returns its origin. */
export async function listen(make: Make, board: Board, trustsProxy = false): Promise<string> {
  const server = createServer(await make(board, trustsProxy));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function expressWith(framework: typeof express, trustsProxy: boolean): express.Application {
  const app = framework().set('trust proxy', trustsProxy).set('env', 'test');
  return app.use(helmet(), (req, _res, next) => {
    Object.assign(req, { user: 'ada' });
    next();
  });
}

function koaWith(trustsProxy: boolean, ...middlewares: readonly Middleware[]): RequestListener {
  const app = new Koa({ proxy: trustsProxy });
  app.silent = true;
  app.use(async (ctx, next) => {
    await new Promise<void>((resolve, reject) => {
      helmet()(ctx.req, ctx.res, (error) =>
        error === undefined ? resolve() : reject(new Error('helmet', { cause: error })),
      );
    });
    Object.assign(ctx, { user: 'ada' });
    await next();
  });
  for (const middleware of middlewares) app.use(middleware);
  return app.callback();
}

/** As body parsers of Koa do. */
const parseInKoa: Middleware = async (ctx, next) => {
  if (ctx.is('json')) Object.assign(ctx.request, { body: JSON.parse(await text(ctx.req)) });
  await next();
};

async function fastifyWith(
  trustsProxy: boolean,
  register: (app: FastifyInstance) => unknown,
): Promise<RequestListener> {
  const app = Fastify({ trustProxy: trustsProxy });
  onTestFinished(() => app.close());
  const protect = helmet();
  app.addHook('onRequest', (request, reply, done) => {
    Object.assign(request, { user: 'ada' });
    // As plugins do that set headers of their own.
    reply.header('x-request-id', request.id);
    protect(request.raw, reply.raw, (error) => done(error as Error | undefined));
  });
  register(app);
  await app.ready();
  return (req, res) => app.routing(req, res);
}
