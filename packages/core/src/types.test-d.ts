import * as v from 'valibot';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type AnyCallStatusEvent,
  type CallStatusEvent,
  type CallStatusOptions,
  createCallStatus,
  defineProvider,
  type ExotelCallbackOptions,
  type ExotelEvent,
  type ExotelFields,
  type ExotelParameters,
  exotel,
  type HandlerContext,
  type MycpaasParameters,
  mycpaas,
  type SignalwireAttributes,
  type SignalwireFields,
  type SignalwireParameters,
  signalwire,
  type VoicedockCallbackOptions,
  type VoicedockParameters,
  voicedock,
} from './index.ts';

const acme = defineProvider({
  name: 'acme',
  signs: 'nothing',
  statuses: { up: 'in-progress' },
  schema: v.object({ id: v.string(), state: v.string() }),
  recognizes: () => true,
  normalize: ({ id, state }) => ({ callId: id, rawStatus: state }),
  eventKey: ({ state }) => state,
  callbackUrl: undefined,
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
            expectTypeOf(event.raw).toEqualTypeOf<SignalwireFields>();
            expectTypeOf(context).toEqualTypeOf<HandlerContext>();
          },
          onRinging: ({ terminal }) => expectTypeOf(terminal).toEqualTypeOf<false>(),
        }),
        exotel({ onEnded: ({ raw }) => expectTypeOf(raw).toEqualTypeOf<ExotelFields>() }),
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
      // @ts-expect-error nobody changes an event
      event.status = 'busy';
      // @ts-expect-error no provider of this name is in the list
      void (event.provider === 'exotel');
    });
    calls.for('acme').onInProgress(({ raw }) => expectTypeOf(raw.state).toEqualTypeOf<string>());
    // @ts-expect-error no provider of this name is in the list
    calls.for('exotel');
    // @ts-expect-error handlers are called onCompleted, not onComplete
    calls.onComplete(() => {});
    // @ts-expect-error a handler is a function
    calls.onBusy('busy');
    expectTypeOf(calls.for('acme').onBusy).returns.toEqualTypeOf(calls.for('acme'));
  });

  it('of all built-in providers, where none is named', () => {
    createCallStatus().onStatus((event) => {
      expectTypeOf(event).toEqualTypeOf<CallStatusEvent>();
      expectTypeOf(event.provider).toEqualTypeOf<'signalwire' | 'exotel' | 'voicedock' | 'mycpaas'>();
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
    // @ts-expect-error it is for VoiceDock's events alone
    createCallStatus({ onStatus: (event: CallStatusEvent<'voicedock'>) => event.raw });
    // @ts-expect-error acme is none of the built-in providers, and so none of those that the handler knows
    createCallStatus({ providers: [acme()], onStatus });
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

describe('the options of your own provider', () => {
  const own = {
    name: 'acme',
    signs: 'nothing',
    statuses: {},
    schema: v.object({ id: v.string() }),
    recognizes: () => true,
    normalize: ({ id }: { id: string }, { region = '' }: { readonly region?: string }) => ({
      callId: id,
      rawStatus: region,
    }),
    eventKey: () => '',
    callbackUrl: undefined,
  } as const;

  it('are stated by the names and the types that it uses', () => {
    const regional = defineProvider({ ...own, options: { region: v.optional(v.string()) } });
    expectTypeOf(regional({ token: 'x', region: 'eu' }).name).toEqualTypeOf<'acme'>();
    // @ts-expect-error no such option
    regional({ regions: 'eu' });
    // @ts-expect-error it does not use it
    defineProvider({ ...own, options: { regions: v.optional(v.string()) } });
    // @ts-expect-error it uses a text
    defineProvider({ ...own, options: { region: v.optional(v.number()) } });
  });
});

describe('callbackUrl', () => {
  const url = 'https://hooks.example.com/webhooks';
  const token = 'a long secret';

  it('makes the parameters of its provider', () => {
    const events = ['answered', 'ringing_queued'] as const;
    expectTypeOf(signalwire.callbackUrl({ url, token, method: 'GET', events })).toEqualTypeOf<SignalwireParameters>();
    expectTypeOf(
      signalwire.callbackUrl.attributes({ url, events: ['answered'] }),
    ).toEqualTypeOf<SignalwireAttributes>();
    expectTypeOf(exotel.callbackUrl({ url, token, events: ['terminal'] })).toEqualTypeOf<ExotelParameters>();
    exotel.callbackUrl({ url, token, events: ['terminal', 'answered'], contentType: 'multipart/form-data' });
    expectTypeOf(voicedock.callbackUrl({ url, secret: 'x' })).toEqualTypeOf<VoicedockParameters>();
    expectTypeOf(mycpaas.callbackUrl({ url, token, events: ['busy', 'answered'] })).toEqualTypeOf<MycpaasParameters>();
    expectTypeOf(acme.callbackUrl).toEqualTypeOf<undefined>();
  });

  it('needs a URL', () => {
    expectTypeOf(signalwire.callbackUrl).parameter(0).toHaveProperty('url').toEqualTypeOf<string>();
    // @ts-expect-error it is not optional
    signalwire.callbackUrl({});
    // @ts-expect-error it is not optional
    signalwire.callbackUrl.attributes({ token });
    // @ts-expect-error it is not optional
    exotel.callbackUrl({ token });
    // @ts-expect-error it is not optional
    voicedock.callbackUrl({ secret: 'x' });
    // @ts-expect-error it is an option
    mycpaas.callbackUrl(url);
  });

  it('asks for events of its provider, and for one at least', () => {
    expectTypeOf<NonNullable<ExotelCallbackOptions['events']>[0]>().toEqualTypeOf<ExotelEvent>();
    // @ts-expect-error a terminal status comes as the event `completed`
    signalwire.callbackUrl({ url, events: ['busy'] });
    // @ts-expect-error these are REST's alone
    signalwire.callbackUrl.attributes({ url, events: ['ringing_queued'] });
    // @ts-expect-error these are REST's alone
    signalwire.callbackUrl.attributes({ url, events: ['answered', 'ringing_forwarded'] });
    // @ts-expect-error Exotel calls the end `terminal`
    exotel.callbackUrl({ url, events: ['completed'] });
    // @ts-expect-error mycpaas calls the end by its status
    mycpaas.callbackUrl({ url, events: ['terminal'] });
    // @ts-expect-error VoiceDock has one
    voicedock.callbackUrl({ url, events: ['status-update'] });
    // @ts-expect-error nothing would be asked for
    signalwire.callbackUrl({ url, events: [] });
    // @ts-expect-error nothing would be asked for
    signalwire.callbackUrl.attributes({ url, events: [] });
    // @ts-expect-error nothing would be asked for
    exotel.callbackUrl({ url, events: [] });
    // @ts-expect-error nothing would be asked for
    mycpaas.callbackUrl({ url, events: [] });
  });

  it('has no option of another provider', () => {
    expectTypeOf<keyof VoicedockCallbackOptions>().toEqualTypeOf<'url' | 'token' | 'secret'>();
    // @ts-expect-error VoiceDock alone is told the secret
    signalwire.callbackUrl({ url, secret: 'x' });
    // @ts-expect-error Exotel posts
    exotel.callbackUrl({ url, method: 'GET' });
    // @ts-expect-error Exotel takes one of two
    exotel.callbackUrl({ url, contentType: 'application/x-www-form-urlencoded' });
    // @ts-expect-error mycpaas posts forms
    mycpaas.callbackUrl({ url, contentType: 'application/json' });
    // @ts-expect-error cXML is SignalWire's
    void mycpaas.callbackUrl.attributes;
  });
});
