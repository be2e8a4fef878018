/** `ctx.callStatus` is there for everyone who imports the package, and is typed, with a custom context type too. */
import { type CallStatusEvent, callStatusMiddleware, createCallStatus, signalwire } from '@call-status/koa';
import Router from '@koa/router';
import Koa from 'koa';

const calls = createCallStatus({ providers: [signalwire({ signingKey: 'key' })] });
const router = new Router();
router.use('/webhooks/receiver', callStatusMiddleware(calls));
router.post('/webhooks/options', callStatusMiddleware({ providers: [signalwire({ signingKey: 'key' })] }));
router.post('/webhooks/own-answer', callStatusMiddleware({ ack: 'manual' }), (ctx) => {
  const event: CallStatusEvent | undefined = ctx.callStatus;
  ctx.body = event?.callId;
});

interface State {
  user: string;
}
interface Context {
  tenant: string;
}
const app = new Koa<State, Context>();
app.use(callStatusMiddleware(calls));
app.use((ctx) => {
  const event: CallStatusEvent | undefined = ctx.callStatus;
  // @ts-expect-error - absent on a request that is no callback
  ctx.callStatus.callId;
  // @ts-expect-error - "finished" is no status of ours
  if (ctx.callStatus?.status === 'finished') return;
  ctx.body = [ctx.tenant, ctx.state.user, event?.callId];
});

// @ts-expect-error - a misspelled option is an error
callStatusMiddleware({ acknowledge: 'manual' });
