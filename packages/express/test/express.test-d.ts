import express from 'express';
import { expectTypeOf, it } from 'vitest';
import { type CallStatusEvent, callStatusMiddleware, createCallStatus, exotel, signalwire } from '../src/index.ts';

it('puts the event on the request, if there is one', () => {
  express().use(callStatusMiddleware(), (req) => {
    expectTypeOf(req.callStatus).toEqualTypeOf<CallStatusEvent | undefined>();
    // @ts-expect-error not every request is a callback
    void req.callStatus.callId;
    if (req.callStatus?.provider === 'exotel') expectTypeOf(req.callStatus.raw.CallSid).toEqualTypeOf<string>();
    // @ts-expect-error the name is callStatus
    void req.callstatus;
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
