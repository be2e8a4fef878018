import { callStatusMiddleware } from '@call-status/koa';
import Router from '@koa/router';
import Koa from 'koa';
import { calls, providers } from './calls.ts';

const router = new Router();

for (const { name } of providers) {
  router.all(`/webhooks/${name}`, callStatusMiddleware(calls.provider(name)));
}

export const app = new Koa();

app.use(router.routes());
