import type { CallbackRequest } from '@call-status/core';
import { createCallback } from '@call-status/core/provider';
import type { ProviderLike } from '@call-status/testing';

/** Whether a request is, beyond doubt, a callback of a provider, whatever URL it comes to. */
export function isRecognized(request: CallbackRequest, provider: ProviderLike): boolean {
  const { definition } = provider;
  if (!(definition.methods ?? ['POST']).some((method) => method === request.method)) return false;
  try {
    return definition.recognizes(createCallback(request as never, { definition }), false, ownOptionsOf(provider));
  } catch {
    // What cannot be decoded is not recognized.
    return false;
  }
}

/** What a configuration says of a provider, such as `passthru` of Exotel: without its secrets, which prove nothing here, and its handlers. */
export function ownOptionsOf(provider: ProviderLike): object {
  const { definition, options = {} } = provider as ProviderLike & { readonly options?: object };
  const { secretOption, options: own = {} } = definition;
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => Object.hasOwn(own, name) && name !== secretOption),
  );
}

/** Why a request is not recognized as a callback of a provider, in a sentence. */
export function whyNotRecognized(request: CallbackRequest, { definition }: ProviderLike): string {
  const { methods = ['POST'] } = definition;
  if (!methods.some((method) => method === request.method)) return `Its callbacks use ${methods.join(' or ')}.`;
  try {
    const callback = createCallback(request as never, { definition });
    return definition.whyNot?.(callback, 'name it with --provider') ?? 'It does not have the fields of a callback.';
  } catch (error) {
    return error instanceof Error && error.name === 'CallStatusError' ? error.message : 'It cannot be read.';
  }
}
