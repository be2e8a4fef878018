import type { ProviderLike } from '../provider-like.ts';

/**
 * The option with which a provider accepts what `secret` proves: its signing secret, the public key of a pair that is derived from
 * `secret`, or the token of a provider that cannot sign.
 *
 * @example
 * ```ts
 * import { builtInProviders, createCallStatus } from '@call-status/core';
 * import { optionsFor } from '@call-status/testing';
 *
 * const providers = builtInProviders.map((provider) => provider(optionsFor(provider, 'test')));
 * const calls = createCallStatus({ providers });
 * await calls.close();
 * ```
 */
export function optionsFor({ definition }: ProviderLike, secret: string): Readonly<Record<string, string>> {
  const { sign, secretOption, publicKeyOf } = definition;
  if (sign === undefined || secretOption === undefined) return { token: secret };
  return { [secretOption]: publicKeyOf?.(secret) ?? secret };
}

/**
 * How `callback()` proves a callback of a provider: by `secret`, or by `token` if the provider cannot sign.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { builtInProviders, createCallStatus } from '@call-status/core';
 * import { callback, optionsFor, proofFor } from '@call-status/testing';
 *
 * for (const provider of builtInProviders) {
 *   const calls = createCallStatus({ providers: [provider(optionsFor(provider, 'test'))] });
 *   const receipt = await calls.receive(callback(provider, 'completed', proofFor(provider, 'test')));
 *   assert.equal(receipt?.event?.provider, provider.definition.name);
 *   await calls.close();
 * }
 * ```
 */
export function proofFor(
  { definition }: ProviderLike,
  secret: string,
): { readonly [Name in 'secret' | 'token']?: string } {
  return definition.sign === undefined ? { token: secret } : { secret };
}
