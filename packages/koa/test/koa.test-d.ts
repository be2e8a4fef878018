import Router from '@koa/router';
import Koa from 'koa';
import { expectTypeOf, it } from 'vitest';
import { type CallStatusEvent, callStatusMiddleware, createCallStatus, exotel, signalwire } from '../src/index.ts';

it('puts the event on the context, if there is one', () => {
  new Koa().use(callStatusMiddleware()).use((ctx) => {
    expectTypeOf(ctx.callStatus).toEqualTypeOf<CallStatusEvent | undefined>();
    // @ts-expect-error not every request is a callback
    void ctx.callStatus.callId;
  });
  new Koa<Koa.DefaultState, { own: string }>().use(callStatusMiddleware()).use((ctx) => {
    expectTypeOf(ctx.callStatus).toEqualTypeOf<CallStatusEvent | undefined>();
    expectTypeOf(ctx.own).toEqualTypeOf<string>();
  });
  new Router().use(callStatusMiddleware()).post('/hooks', callStatusMiddleware(), (ctx) => {
    expectTypeOf(ctx.callStatus).toEqualTypeOf<CallStatusEvent | undefined>();
  });
});

it('takes a receiver, one of its providers, options, or nothing', () => {
  const calls = createCallStatus({ providers: [signalwire(), exotel()] });
  callStatusMiddleware(calls);
  callStatusMiddleware(calls.provider('exotel'));
  callStatusMiddleware({
    providers: [exotel()],
    onCompleted: (event) => expectTypeOf(event.provider).toEqualTypeOf<'exotel'>(),
  });
  callStatusMiddleware({ onStatus: (event: CallStatusEvent) => event.raw });
  // @ts-expect-error no such option
  callStatusMiddleware({ path: '/hooks' });
  // @ts-expect-error a provider is no receiver
  callStatusMiddleware(exotel());
});
