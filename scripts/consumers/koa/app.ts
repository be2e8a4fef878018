import type { AddressInfo } from 'node:net';
import { callStatusMiddleware, createCallStatus, signalwire } from '@call-status/koa';
import Router from '@koa/router';
import Koa from 'koa';
import { checkRoundTrip, onCompleted, SIGNING_KEY } from './callback.ts';

const calls = createCallStatus({
  providers: [signalwire({ signingKey: SIGNING_KEY, onCompleted })],
});

const router = new Router();
router.post('/webhooks/voice', callStatusMiddleware(calls));
const app = new Koa();
app.use(router.routes());

const server = app.listen(0, '127.0.0.1', async () => {
  await checkRoundTrip((server.address() as AddressInfo).port);
  server.close();
  await calls.close();
});
