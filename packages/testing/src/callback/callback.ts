import type { CallbackRequest, CallStatus } from '@call-status/core';
import { checkOptions } from '@call-status/core/inbox';
import { withToken } from '@call-status/core/provider';
import { fixtureOf } from '../fixtures/fixtures.ts';
import type { FieldsOf, ProviderLike } from '../provider-like.ts';
import { curlOf, fetchRequestOf } from './convert.ts';
import type { Encoding } from './encode.ts';
import type { FieldChanges } from './fields.ts';
import { CALLBACK_RULES } from './rules.ts';
import { type Sample, write } from './write.ts';

export type { Sample } from './write.ts';

/** Changes to the fixture. */
export interface CallbackOptions<Fields = unknown> extends Proof {
  /** Fields to set, merged into those of the fixture; `undefined` removes one. */
  readonly fields?: FieldChanges<Fields>;
  /** How the fields are written. @default as in the fixture */
  readonly encoding?: Encoding;
  /** The call id; replaces that of the fixture in every field. */
  readonly callId?: string;
  /**
   * When the event occurred, in milliseconds since the epoch: all times in the fields move by the same span. It has no effect if the
   * provider sends no time.
   * @default the times of the fixture
   */
  readonly occurredAtMs?: number;
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
  return makeCallback(provider, typeof what === 'string' ? fixtureOf(provider, what) : what, options);
}

/** The same, with options that were checked, and with headers in place of those of the sample. */
export function makeCallback(
  provider: ProviderLike,
  sample: Sample,
  options: CallbackOptions,
  headers?: Readonly<Record<string, string>>,
): Callback {
  const { secret, token, nowMs = Date.now(), url = `/webhooks/${provider.definition.name}` } = options;
  const { method, query, ...written } = write(provider, sample, { ...options, headers });
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

function withQuery(url: string, query: string): string {
  if (query === '') return url;
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}
