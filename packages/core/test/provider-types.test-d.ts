import * as v from 'valibot';
import { describe, expectTypeOf, it } from 'vitest';
import { exotel, mycpaas, signalwire, voicedock } from '../src/index.ts';
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
      authenticate: (callback, secrets, options, nowMs) => {
        expectTypeOf(callback.bytes).toEqualTypeOf<Uint8Array>();
        expectTypeOf(callback.body).toEqualTypeOf<Uint8Array | undefined>();
        expectTypeOf(secrets).toEqualTypeOf<readonly string[]>();
        expectTypeOf(options.toleranceSeconds).toEqualTypeOf<number>();
        expectTypeOf(options.region).toEqualTypeOf<'eu' | 'us' | undefined>();
        expectTypeOf(nowMs).toEqualTypeOf<number>();
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
    // @ts-expect-error only REST has these
    signalwire.callbackAttributes({ url, events: ['ringing_queued'] });
    // @ts-expect-error only REST has these
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
    // @ts-expect-error only VoiceDock takes the secret
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
