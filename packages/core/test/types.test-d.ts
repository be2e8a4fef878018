import * as v from 'valibot';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type AnyCallStatusEvent,
  type CallStatusEvent,
  type CallStatusOptions,
  createCallStatus,
  exotel,
  type HandlerContext,
  mycpaas,
  type ProviderName,
  type Receiver,
  signalwire,
  voicedock,
} from '../src/index.ts';
import { defineProvider } from '../src/provider/index.ts';

const acme = defineProvider({
  name: 'acme',
  signs: 'nothing',
  statuses: { up: 'in-progress' },
  schema: v.object({ id: v.string(), state: v.string() }),
  recognizes: () => true,
  normalize: ({ id, state }) => ({ callId: id, rawStatus: state }),
  eventKey: ({ state }) => state,
  callbackParams: undefined,
});

describe('handlers', () => {
  it('get the events of their status and provider', () => {
    createCallStatus({
      providers: [
        signalwire({
          onCompleted: (event, context) => {
            expectTypeOf(event.provider).toEqualTypeOf<'signalwire'>();
            expectTypeOf(event.status).toEqualTypeOf<'completed'>();
            expectTypeOf(event.terminal).toEqualTypeOf<true>();
            expectTypeOf(event.raw).toEqualTypeOf<signalwire.Fields>();
            expectTypeOf(context).toEqualTypeOf<HandlerContext>();
          },
          onRinging: ({ terminal }) => expectTypeOf(terminal).toEqualTypeOf<false>(),
        }),
        exotel({ onEnded: ({ raw }) => expectTypeOf(raw).toEqualTypeOf<exotel.Fields>() }),
      ],
      onEnded: (event) => {
        expectTypeOf(event.provider).toEqualTypeOf<'signalwire' | 'exotel'>();
        expectTypeOf(event.status).toEqualTypeOf<'completed' | 'busy' | 'no-answer' | 'failed' | 'canceled'>();
      },
    });
  });

  it('tell providers and statuses apart inside of a handler', () => {
    const calls = createCallStatus({ providers: [signalwire(), voicedock(), acme()] });
    calls.onStatus((event) => {
      if (event.provider === 'voicedock') expectTypeOf(event.raw.message.call.id).toEqualTypeOf<string>();
      if (event.provider === 'acme') expectTypeOf(event.raw).toEqualTypeOf<{ id: string; state: string }>();
      if (event.status === 'busy') expectTypeOf(event.terminal).toEqualTypeOf<true>();
      // @ts-expect-error `raw` of a union of providers has no field of one of them
      void event.raw.CallSid;
      // @ts-expect-error events are read-only
      event.status = 'busy';
      // @ts-expect-error no provider of this name is in the list
      void (event.provider === 'exotel');
    });
    calls.provider('acme').onInProgress(({ raw }) => expectTypeOf(raw.state).toEqualTypeOf<string>());
    // @ts-expect-error no provider of this name is in the list
    calls.provider('exotel');
    // @ts-expect-error handlers are called onCompleted, not onComplete
    calls.onComplete(() => {});
    // @ts-expect-error a handler is a function
    calls.onBusy('busy');
    expectTypeOf(calls.provider('acme').onBusy).returns.toEqualTypeOf(calls.provider('acme'));
  });

  it('of all built-in providers, if none is named', () => {
    createCallStatus().onStatus((event) => {
      expectTypeOf(event).toEqualTypeOf<CallStatusEvent>();
      expectTypeOf(event.provider).toEqualTypeOf<ProviderName>();
      expectTypeOf<'signalwire' | 'exotel' | 'voicedock' | 'mycpaas'>().toExtend<ProviderName>();
    });
    expectTypeOf<CallStatusEvent>().toExtend<AnyCallStatusEvent>();
  });

  it('are the same as options, in a variable, and as methods', () => {
    const onStatus = (event: CallStatusEvent): string => event.callId;
    const onCompleted = (event: Extract<CallStatusEvent, { status: 'completed' }>): string => event.callId;
    const options: CallStatusOptions = { onStatus, onCompleted };
    expectTypeOf(createCallStatus(options)).toEqualTypeOf(createCallStatus());
    createCallStatus({ onStatus, onCompleted });
    createCallStatus().onStatus(onStatus).onCompleted(onCompleted);
    createCallStatus({ onStatus: (event) => expectTypeOf(event).toEqualTypeOf<CallStatusEvent>() });
    createCallStatus({ onStatus: (event: AnyCallStatusEvent) => event.callId });
    createCallStatus({ providers: [signalwire()], onStatus, onCompleted });
    // @ts-expect-error it is only for VoiceDock's events
    createCallStatus({ onStatus: (event: CallStatusEvent<'voicedock'>) => event.raw });
    // @ts-expect-error acme is not a built-in provider, so the handler does not know it
    createCallStatus({ providers: [acme()], onStatus });
  });
});

describe('a receiver', () => {
  const close = (calls: Receiver): Promise<void> => calls.close();

  it('of any providers is a Receiver', () => {
    void close(createCallStatus());
    void close(createCallStatus({ providers: [acme()] }));
    void close(createCallStatus({ providers: [acme(), exotel()] }));
    const calls: Receiver = createCallStatus({ providers: [acme({ token: 'x' })] });
    calls.onCompleted((event) => {
      expectTypeOf(event.provider).toEqualTypeOf<string>();
      expectTypeOf(event.status).toEqualTypeOf<'completed'>();
      expectTypeOf(event.raw).toEqualTypeOf<unknown>();
    });
    calls.provider('acme').onStatus(({ provider }) => expectTypeOf(provider).toEqualTypeOf<'acme'>());
    calls
      .onCompleted(({ callId }) => callId)
      .provider('acme')
      .onBusy(() => {});
  });

  it('of some providers is not that of others', () => {
    const built: Receiver<CallStatusEvent> = createCallStatus();
    built.provider('exotel').onStatus(({ raw }) => expectTypeOf(raw).toEqualTypeOf<exotel.Fields>());
    // @ts-expect-error a handler of it may be given events of acme, which it does not know
    const wrong: Receiver<CallStatusEvent> = createCallStatus({ providers: [acme()] });
    void wrong;
  });
});

describe('options', () => {
  it('have no other names', () => {
    expectTypeOf(createCallStatus).parameter(0).toExtend<CallStatusOptions | undefined>();
    // @ts-expect-error the option is `providers`
    createCallStatus({ provider: [signalwire()] });
    // @ts-expect-error a secret is the provider's
    createCallStatus({ signingKey: 'PSK' });
    // @ts-expect-error handlers are called onCompleted, not onComplete
    createCallStatus({ onComplete: () => {} });
    // @ts-expect-error it is answered when it is recorded, or when it is handled
    createCallStatus({ ack: 'later' });
    // @ts-expect-error a provider is made by calling its function
    createCallStatus({ providers: [signalwire] });
    // @ts-expect-error SignalWire's secret is its signingKey
    signalwire({ secret: 'x' });
    // @ts-expect-error mycpaas cannot sign
    mycpaas({ signingKey: 'x' });
    // @ts-expect-error VoiceDock has no `utcOffset`
    voicedock({ utcOffset: '+05:30' });
    // @ts-expect-error an offset has a sign
    exotel({ utcOffset: '05:30' });
  });
});
