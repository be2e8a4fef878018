import { createServer } from 'node:http';
import { callStatusMiddleware } from '@call-status/koa';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import Koa from 'koa';
import { PATH } from '../callbacks.ts';
import { floorOf } from './floor.ts';
import { listen } from './listen.ts';
import { signed } from './options.ts';
import { readBody } from './read-body.ts';
import type { Sink } from './sink.ts';

/** A body parser, two fields, an answer. Nothing is verified. */
export function byHand(sink: Sink): Promise<number> {
  const router = new Router();
  router.post(PATH, (context) => {
    const { CallSid, CallStatus } = context.request.body as Record<string, unknown>;
    sink(CallSid, CallStatus);
    context.status = 200;
    context.body = '';
  });
  const app = new Koa();
  app.use(bodyParser());
  return start(app, router);
}

/** The floor in Koa. */
export function floor(sink: Sink): Promise<number> {
  const answer = floorOf(sink);
  const router = new Router();
  router.post(PATH, async (context) => {
    const body = await new Promise<Buffer>((done) => readBody(context.req, done));
    context.status = answer(body, context.headers['x-signalwire-signature']);
    context.body = '';
  });
  return start(new Koa(), router);
}

/** call-status: verified, validated, normalized, recorded. */
export function callStatus(sink: Sink): Promise<number> {
  const router = new Router();
  router.post(PATH, callStatusMiddleware(signed(sink)));
  return start(new Koa(), router);
}

function start(app: Koa, router: Router): Promise<number> {
  app.use(router.routes());
  return listen(createServer(app.callback()));
}
