import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import { adapterContract, callback, type Parser, type Setup, send } from '@call-status/testing';
import Router from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { builtInProviders, callStatusMiddleware } from '../src/index.ts';

// Both describe `ctx.request.body`, in types that exclude each other; so they are loaded without their types.
const require = createRequire(import.meta.url);
const { bodyParser } = require('@koa/bodyparser');
const { koaBody } = require('koa-body');

const PARSERS: readonly Parser[] = [
  { name: '@koa/bodyparser', reads: ['form', 'json'], keepsBytes: true },
  { name: 'koa-body with multipart', reads: ['form', 'json', 'multipart'] },
  { name: 'one that leaves bytes', reads: ['form', 'json', 'multipart'], keepsBytes: true, leavesWhole: true },
];

const CONTRACT = adapterContract({
  mounts: [
    { name: 'router.post()', callbackOnly: true },
    { name: 'router.use()', callbackOnly: false },
    { name: 'app.use()', callbackOnly: false },
  ],
  parsers: PARSERS,
  start: async (setup) => {
    const app = new Koa({ proxy: setup.trustProxy });
    app.silent = true;
    app.use(async (_ctx, next) => {
      await setup.arriving();
      await next();
      await setup.leaving();
    });
    const parser = setup.parser === undefined ? undefined : parserOf(setup.parser);
    if (parser && setup.order === 'before') app.use(parser);
    mount(app, setup, parser && setup.order === 'after' ? [parser] : []);
    const server = createServer(app.callback()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  },
});

function mount(app: Koa, setup: Setup, after: readonly Middleware[]): void {
  const middleware = callStatusMiddleware(setup.endpoint);
  const router = new Router();
  const application = async (ctx: Context): Promise<void> => {
    const { body } = ctx.request as { body?: unknown };
    const seen = await setup.application(ctx.req, body, ctx.callStatus);
    ctx.status = 201;
    ctx.body = seen;
  };
  if (setup.mount === 'app.use()') app.use(middleware);
  else if (setup.mount === 'router.use()') router.use(setup.path, middleware).all(setup.path, ...after, application);
  else router.get(setup.path, middleware, ...after, application).post(setup.path, middleware, ...after, application);
  app.use(router.routes());
  for (const parser of after) app.use(parser);
  app.use(application);
}

function parserOf(name: string): Middleware {
  switch (name) {
    case PARSERS[0]?.name:
      return bodyParser();
    case PARSERS[1]?.name:
      return koaBody({ multipart: true });
    default:
      return async (ctx, next) => {
        Object.assign(ctx.request, { body: await buffer(ctx.req) });
        await next();
      };
  }
}

describe('callStatusMiddleware', () => {
  for (const { name, run } of CONTRACT) it(`keeps the contract of an adapter, ${name}`, () => run());

  it.each(builtInProviders)('accepts callbacks of $definition.name without options', async (provider) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const app = new Koa().use(callStatusMiddleware());
    expect((await send(app, callback(provider, 'completed'))).status).toBe(200);
  });
});
