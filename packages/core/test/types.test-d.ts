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
  type Receiver,
  signalwire,
  voicedock,
} from '../src/index.ts';
import { defineProvider, type Verdict } from '../src/provider/index.ts';
import { option, required } from '../src/provider/standard-schema.ts';

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
      // @ts-expect-error nobody changes an event
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

  it('of providers with names is none of others', () => {
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

describe('your own provider', () => {
  const own = {
    name: 'acme',
    signs: 'nothing',
    statuses: {},
    schema: v.object({ id: v.string() }),
    recognizes: () => true,
    normalize: ({ id }: { id: string }) => ({ callId: id, rawStatus: '' }),
    eventKey: () => '',
  } as const;

  it('has the options that it declares', () => {
    const regional = defineProvider({ ...own, options: { region: v.optional(v.string()), zone: v.number() } });
    expectTypeOf(regional({ token: 'x', region: 'eu', zone: 1 }).name).toEqualTypeOf<'acme'>();
    regional({ region: undefined, zone: 1, onEnded: ({ raw }) => expectTypeOf(raw).toEqualTypeOf<{ id: string }>() });
    // @ts-expect-error no such option
    regional({ regions: 'eu', zone: 1 });
    // @ts-expect-error a region is a text
    regional({ region: 7, zone: 1 });
    // @ts-expect-error the zone may not be left out
    regional({ region: 'eu' });
    // @ts-expect-error the zone may not be left out
    regional();
    defineProvider(own)();
    // @ts-expect-error it declares none
    defineProvider(own)({ region: 'eu' });
    // @ts-expect-error an option is declared by a schema
    defineProvider({ ...own, options: { region: 'eu' } });
  });

  it('gets them, and what its schema makes of the fields, without a word of annotation', () => {
    const signing = defineProvider({
      name: 'signing',
      signs: 'bytes',
      secretOption: 'signingKey',
      options: { toleranceSeconds: v.optional(v.number(), 300), region: v.optional(v.picklist(['eu', 'us'])) },
      statuses: { over: 'completed' },
      schema: v.looseObject({ id: v.string(), seconds: v.pipe(v.string(), v.transform(Number)) }),
      recognizes: (callback, named) => callback.header('x-signature') !== undefined || named === true,
      authenticate: (callback, secrets, options, now) => {
        expectTypeOf(callback.bytes).toEqualTypeOf<Uint8Array>();
        expectTypeOf(callback.body).toEqualTypeOf<Uint8Array | undefined>();
        expectTypeOf(secrets).toEqualTypeOf<readonly string[]>();
        expectTypeOf(options.toleranceSeconds).toEqualTypeOf<number>();
        expectTypeOf(options.region).toEqualTypeOf<'eu' | 'us' | undefined>();
        expectTypeOf(now).toEqualTypeOf<number>();
        return 'valid';
      },
      normalize: (fields, { region }) => {
        expectTypeOf(fields.seconds).toEqualTypeOf<number>();
        return { callId: fields.id, rawStatus: 'over', custom: region };
      },
      eventKey: ({ id }) => id,
      callbackParams: ({ url }) => ({ hook: url }),
    });
    signing({
      signingKey: async () => ['old', 'new'],
      toleranceSeconds: 5,
      region: 'eu',
      onCompleted: ({ raw, provider }) => {
        // What came, not what the schema made of it.
        expectTypeOf(raw.seconds).toEqualTypeOf<string>();
        expectTypeOf(provider).toEqualTypeOf<'signing'>();
      },
    });
    signing();
    // @ts-expect-error its secret is its signingKey
    signing({ secret: 'x' });
    // @ts-expect-error no such region
    signing({ region: 'au' });
    expectTypeOf(signing.callbackParams({ url: 'https://example.com', token: 'x' })).toEqualTypeOf<{ hook: string }>();
  });

  it('may narrow its secret by a schema', () => {
    const narrow = defineProvider({
      ...own,
      signs: 'bytes',
      secretOption: 'key',
      options: { key: v.optional(v.string()) },
      authenticate: (_, [secret], { key }) => {
        expectTypeOf(key).toEqualTypeOf<string | undefined>();
        return key === secret ? 'valid' : 'mismatch';
      },
    });
    narrow({ key: 'a secret' });
    // @ts-expect-error one text only
    narrow({ key: ['a', 'b'] });
  });

  it('may wait for its verdict', () => {
    const signing = { ...own, signs: 'bytes', secretOption: 'key' } as const;
    const waiting = defineProvider({ ...signing, authenticate: async (): Promise<Verdict> => 'valid' });
    expectTypeOf(waiting().name).toEqualTypeOf<'acme'>();
    defineProvider({
      ...signing,
      authenticate: async (_, [secret]) => (secret === '' ? 'valid' : 'missing'),
    });
    // @ts-expect-error no such verdict
    defineProvider({ ...signing, authenticate: async () => 'fine' });
    // @ts-expect-error `true` is no verdict
    defineProvider({ ...signing, authenticate: () => true });
  });

  it('takes schemas of any library', () => {
    const acme = defineProvider({
      ...own,
      options: { region: option<'eu' | 'us'>('eu or us', () => true) },
      schema: required<{ readonly id: string }>('id'),
      normalize: ({ id }, { region }) => {
        expectTypeOf(region).toEqualTypeOf<'eu' | 'us' | undefined>();
        return { callId: id, rawStatus: '' };
      },
    });
    acme({ region: 'eu', onStatus: ({ raw }) => expectTypeOf(raw.id).toBeString() });
    // @ts-expect-error it is no schema
    defineProvider({ ...own, schema: { id: 'string' } });
  });

  it('makes its own parameters, and call-status adds the token', () => {
    const acme = defineProvider({
      ...own,
      callbackParams: (options: { readonly url: string; readonly events: readonly string[] }) => ({
        hook: options.url,
      }),
      callbackAttributes: ({ url }) => url,
    });
    expectTypeOf(acme.callbackParams({ url: '', token: '', events: [] })).toEqualTypeOf<{ hook: string }>();
    expectTypeOf(acme.callbackAttributes({ url: '', token: '' })).toBeString();
    // @ts-expect-error events may not be left out
    acme.callbackParams({ url: '' });
    // @ts-expect-error it has no callbackParams
    defineProvider(own).callbackParams({ url: '' });
    // @ts-expect-error it has no callbackAttributes
    defineProvider(own).callbackAttributes({ url: '' });
  });
});

describe('callbackParams', () => {
  const url = 'https://hooks.example.com/webhooks';
  const token = 'a long secret';

  it('makes the parameters of its provider', () => {
    const events = ['answered', 'ringing_queued'] as const;
    expectTypeOf(
      signalwire.callbackParams({ url, token, method: 'GET', events }),
    ).toEqualTypeOf<signalwire.CallbackParams>();
    expectTypeOf(
      signalwire.callbackAttributes({ url, events: ['answered'] }),
    ).toEqualTypeOf<signalwire.CallbackAttributes>();
    expectTypeOf(exotel.callbackParams({ url, token, events: ['terminal'] })).toEqualTypeOf<exotel.CallbackParams>();
    exotel.callbackParams({ url, token, events: ['terminal', 'answered'], contentType: 'multipart/form-data' });
    expectTypeOf(voicedock.callbackParams({ url, secret: 'x' })).toEqualTypeOf<voicedock.CallbackParams>();
    expectTypeOf(
      mycpaas.callbackParams({ url, token, events: ['busy', 'answered'] }),
    ).toEqualTypeOf<mycpaas.CallbackParams>();
    expectTypeOf(acme.callbackParams).toEqualTypeOf<undefined>();
  });

  it('needs a URL', () => {
    expectTypeOf(signalwire.callbackParams).parameter(0).toHaveProperty('url').toEqualTypeOf<string>();
    // @ts-expect-error it is not optional
    signalwire.callbackParams({});
    // @ts-expect-error it is not optional
    signalwire.callbackAttributes({ token });
    // @ts-expect-error it is not optional
    exotel.callbackParams({ token });
    // @ts-expect-error it is not optional
    voicedock.callbackParams({ secret: 'x' });
    // @ts-expect-error it is an option
    mycpaas.callbackParams(url);
  });

  it('asks for events of its provider, and for one at least', () => {
    expectTypeOf<NonNullable<exotel.CallbackOptions['events']>[0]>().toEqualTypeOf<exotel.Event>();
    // @ts-expect-error a terminal status comes as the event `completed`
    signalwire.callbackParams({ url, events: ['busy'] });
    // @ts-expect-error these are REST's alone
    signalwire.callbackAttributes({ url, events: ['ringing_queued'] });
    // @ts-expect-error these are REST's alone
    signalwire.callbackAttributes({ url, events: ['answered', 'ringing_forwarded'] });
    // @ts-expect-error Exotel calls the end `terminal`
    exotel.callbackParams({ url, events: ['completed'] });
    // @ts-expect-error mycpaas calls the end by its status
    mycpaas.callbackParams({ url, events: ['terminal'] });
    // @ts-expect-error VoiceDock has one
    voicedock.callbackParams({ url, events: ['status-update'] });
    // @ts-expect-error nothing would be asked for
    signalwire.callbackParams({ url, events: [] });
    // @ts-expect-error nothing would be asked for
    signalwire.callbackAttributes({ url, events: [] });
    // @ts-expect-error nothing would be asked for
    exotel.callbackParams({ url, events: [] });
    // @ts-expect-error nothing would be asked for
    mycpaas.callbackParams({ url, events: [] });
  });

  it('has no option of another provider', () => {
    type Options = Parameters<typeof voicedock.callbackParams>[0];
    expectTypeOf<keyof Options>().toEqualTypeOf<'url' | 'token' | 'secret'>();
    // @ts-expect-error VoiceDock alone is told the secret
    signalwire.callbackParams({ url, secret: 'x' });
    // @ts-expect-error Exotel posts
    exotel.callbackParams({ url, method: 'GET' });
    // @ts-expect-error Exotel takes one of two
    exotel.callbackParams({ url, contentType: 'application/x-www-form-urlencoded' });
    // @ts-expect-error mycpaas posts forms
    mycpaas.callbackParams({ url, contentType: 'application/json' });
    // @ts-expect-error cXML is SignalWire's
    mycpaas.callbackAttributes({ url });
  });
});
