import type { CallbackRequest, CallStatus } from '@call-status/core';
import { checkOptions } from '@call-status/core/inbox';
import { createCallback, withToken } from '@call-status/core/provider';
import type { Fixture } from '../fixtures/fixture-file.ts';
import { fixtureOf } from '../fixtures/fixtures.ts';
import type { FieldsOf, ProviderLike } from '../provider-like.ts';
import { curlOf, fetchRequestOf } from './convert.ts';
import { type Encoding, encode } from './encode.ts';
import { type FieldChanges, withChanges, withValue } from './fields.ts';
import { CALLBACK_RULES } from './rules.ts';

/** A request to base a callback on: a {@link Fixture}, or your own. */
export type Sample = Pick<Fixture, 'method' | 'url' | 'headers' | 'body'>;

/** Changes to the fixture. */
export interface CallbackOptions<Fields = unknown> extends Proof {
  /** Fields to set, merged into those of the fixture; `undefined` removes one. */
  readonly fields?: FieldChanges<Fields>;
  /** How the fields are written. @default as in the fixture */
  readonly encoding?: Encoding;
  /** The call id; replaces that of the fixture in every field. */
  readonly callId?: string;
  /** A body instead of the fields, such as a malformed one. It is signed like any other. */
  readonly body?: string | Uint8Array;
  /** The URL that the provider calls: absolute, or a path. @default `https://hooks.example.com/webhooks/<provider>` */
  readonly url?: string;
}

/** The proof of a callback. */
export interface Proof {
  /** The secret that signs it: your `signingKey` of SignalWire, or `secret` of VoiceDock. @default it is not signed */
  readonly secret?: string;
  /** The token in its URL: your `token` of the provider. @default none */
  readonly token?: string;
  /** When it is signed, in milliseconds since the epoch. @default Date.now() */
  readonly nowMs?: number;
}

/** A callback as its provider sends it, for `calls.receive()` and `send()`. */
export interface Callback extends CallbackRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** How it was made, for `forged()` and the others. */
  readonly made: Made;
}

/** The parts that a {@link Callback} was made from. */
export interface Made {
  readonly provider: ProviderLike;
  /** Without its proof. */
  readonly unproven: CallbackRequest;
  readonly proof: Proof & { readonly nowMs: number };
}

/** The name of a fixture, or a status. */
export type FixtureName = CallStatus | (string & Record<never, never>);

/** The type of {@link callback}. */
export interface MakeCallback {
  <P extends ProviderLike>(provider: P, what: FixtureName | Sample, options?: CallbackOptions<FieldsOf<P>>): Callback;
  /**
   * The same as a Fetch `Request`; also converts an existing callback.
   * @example
   * ```ts
   * import { createCallStatus, exotel } from '@call-status/core';
   * import { callback } from '@call-status/testing';
   *
   * const calls = createCallStatus({ providers: [exotel({ token: 't' })] });
   * await calls.fetch(callback.fetch(exotel, 'completed', { encoding: 'multipart', token: 't' }));
   * await calls.close();
   * ```
   */
  fetch<P extends ProviderLike>(...made: CallbackArguments<P> | readonly [callback: CallbackRequest]): Request;
  /** The same as a curl command for a POSIX shell. It contains the signature or token. */
  curl<P extends ProviderLike>(...made: CallbackArguments<P> | readonly [callback: CallbackRequest]): string;
}

/** What {@link callback} takes. */
export type CallbackArguments<P extends ProviderLike> = readonly [
  provider: P,
  what: FixtureName | Sample,
  options?: CallbackOptions<FieldsOf<P>>,
];

/**
 * Creates a genuine callback of a provider from a fixture: with your fields, in the encoding of your choice, and signed or with a token.
 *
 * @param provider `signalwire`, or any other provider
 * @param what the name of a fixture; a status, for the fixture with the best evidence; or your own request
 * @throws CallStatusError `invalid_options`; TypeError when there is no such fixture, or the provider does not support this proof or encoding
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { createCallStatus, signalwire } from '@call-status/core';
 * import { callback } from '@call-status/testing';
 *
 * const calls = createCallStatus({ providers: [signalwire({ signingKey: 'test' })] });
 * const receipt = await calls.receive(callback(signalwire, 'completed', { fields: { CallDuration: 42 }, secret: 'test' }));
 * assert.equal(receipt?.event?.durationSeconds, 42);
 * await calls.close();
 * ```
 */
export const callback: MakeCallback = Object.assign(make, {
  fetch: (...made: CallbackArguments<ProviderLike> | readonly [CallbackRequest]) => fetchRequestOf(requestOf(made)),
  curl: (...made: CallbackArguments<ProviderLike> | readonly [CallbackRequest]) => curlOf(requestOf(made)),
});

function requestOf(made: CallbackArguments<ProviderLike> | readonly [CallbackRequest]): CallbackRequest {
  return made.length === 1 ? made[0] : make(...made);
}

function make(provider: ProviderLike, what: string | Sample, options: CallbackOptions = {}): Callback {
  checkOptions('callback(provider, what, options)', options, CALLBACK_RULES);
  const { name } = provider.definition;
  const sample = typeof what === 'string' ? fixtureOf(provider, what) : what;
  const { secret, token, nowMs = Date.now(), url = `/webhooks/${name}` } = options;
  const { method, query, ...written } = write(provider, sample, options);
  const place = placeOf(url, 'https://hooks.example.com');
  const unproven = { method, ...place, url: withQuery(place.url, query), ...written };
  return prove(provider, unproven, {
    nowMs,
    ...(secret !== undefined && { secret }),
    ...(token !== undefined && { token }),
  });
}

/** The callback with its proof. */
export function prove(provider: ProviderLike, unproven: CallbackRequest, proof: Made['proof']): Callback {
  const { secret, token, nowMs } = proof;
  const { name, sign } = provider.definition;
  const request = { ...unproven, url: withToken(unproven.url, token) };
  const made = { provider, unproven, proof };
  if (secret === undefined) return { ...request, made } as Callback;
  if (sign === undefined) throw new TypeError(`${name} has no sign(), so a secret proves nothing: use a token.`);
  return { ...sign(request, { secret, nowMs }), made } as Callback;
}

/** The origin, and the path and query, of an address or of a path. */
export function placeOf(url: string, origin: string): Pick<CallbackRequest, 'origin' | 'url'> {
  const [own = ''] = /^https?:\/\/[^/?#]+/.exec(url) ?? [];
  const path = url.slice(own.length);
  return { origin: own || origin, url: path.startsWith('/') ? path : `/${path}` };
}

/** Headers, body and query: those of the sample, unless something is changed. */
function write(
  { definition }: ProviderLike,
  sample: Sample,
  { fields, callId, encoding, body }: CallbackOptions,
): { method: string; headers: Readonly<Record<string, string>>; body: Uint8Array; query: string } {
  const { method, url, headers, body: bytes } = sample;
  const own = { ...headers };
  delete own['content-length'];
  delete own['host'];
  if (body !== undefined) return { method, headers: own, body: Buffer.from(body), query: queryOf(sample) };
  if (fields === undefined && callId === undefined && encoding === undefined) {
    return { method, headers: own, body: bytes, query: queryOf(sample) };
  }
  const to = encoding ?? encodingOf(sample);
  const isGet = to === 'query';
  if (isGet && !definition.methods?.includes('GET')) throw new TypeError(`${definition.name} sends no GET.`);
  const message = createCallback({ method, url, headers, body: bytes }, { definition });
  let tree: unknown = message.fields;
  if (callId !== undefined) tree = withValue(tree, idOf(definition, tree), callId);
  const { ['content-type']: _, ...rest } = own;
  const { headers: type, body: encoded, query } = encode(to, withChanges(tree, fields) as object);
  return { method: isGet ? 'GET' : 'POST', headers: { ...rest, ...type }, body: encoded, query };
}

function idOf({ name, normalize }: ProviderLike['definition'], fields: unknown): string {
  const { callId } = normalize(fields, {});
  if (typeof callId !== 'string') throw new TypeError(`This callback of ${name} has no call id to replace.`);
  return callId;
}

/** For a GET, the fields; for other methods, the query of the URL. */
function queryOf({ method, url }: Sample): string {
  return method === 'GET' ? url.split('?').slice(1).join('?') : '';
}

function encodingOf({ method, headers }: Sample): Encoding {
  if (method === 'GET') return 'query';
  const type = String(headers['content-type']);
  if (type.includes('json')) return 'json';
  return type.startsWith('multipart') ? 'multipart' : 'form';
}

function withQuery(url: string, query: string): string {
  if (query === '') return url;
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}
