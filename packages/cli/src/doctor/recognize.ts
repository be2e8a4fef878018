import type { CallbackRequest } from '@call-status/core';
import { createCallback } from '@call-status/core/provider';
import type { ProviderLike } from '@call-status/testing';

/** Whether a request is, beyond doubt, a callback of a provider, whatever URL it comes to. */
export function isRecognized(request: CallbackRequest, { definition }: ProviderLike): boolean {
  if (!(definition.methods ?? ['POST']).some((method) => method === request.method)) return false;
  try {
    return definition.recognizes(createCallback(request as never, { definition }), false, {});
  } catch {
    // What cannot be decoded is not recognized.
    return false;
  }
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
