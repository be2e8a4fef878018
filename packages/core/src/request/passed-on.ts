import type { RequestHead } from '../callback-request.ts';
import { contentCodings } from '../decode/content-encoding.ts';
import { isCallStatusError } from '../errors.ts';
import { atOnce } from '../provider/at-once.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { acceptsMethod, CALLBACK_TYPE, methodsOf } from './match.ts';

/** Why the headers of a request cannot be those of a callback. */
export function whyNoCallback(
  { method, headers }: RequestHead,
  providers: readonly Provider[],
  maxBytes: number,
): string {
  if (!(methodsOf(providers) as readonly string[]).includes(method)) return otherMethod(providers);
  const type = headers['content-type'];
  if (typeof type !== 'string' || !CALLBACK_TYPE.test(type)) return 'Its content type is not form, multipart or JSON.';
  if (contentCodings(headers['content-encoding']).length > 0)
    return 'It has a Content-Encoding, which is supported only if the URL is only for callbacks.';
  if (headers['content-length'] === undefined)
    return 'It has no Content-Length, which is required unless the URL is for callbacks only.';
  return tooLong(maxBytes);
}

/** The reason for a body over the limit, if the URL is not only for callbacks. */
export function tooLong(maxBytes: number): string {
  return `Its body is over limits.bytes (${maxBytes}).`;
}

/** Why no provider recognized a callback: the reasons that the providers give. */
export function whyNotRecognized(message: IncomingCallback, providers: readonly Provider[]): string {
  const { method } = message.request;
  // With a single provider and a URL that is only for callbacks, recognition is not needed.
  const advice = providers.length > 1 ? 'name the provider' : 'mount call-status at exactly this path';
  const asked = providers.filter(({ definition }) => acceptsMethod(definition, method));
  if (asked.length === 0) return otherMethod(providers);
  const reasons = asked.flatMap((provider) => {
    const reason = reasonOf(provider, message, advice);
    return reason === undefined ? [] : [`${provider.name}: ${reason}`];
  });
  if (reasons.length > 0) return reasons.join(' ');
  return `It does not have the fields of a callback of ${namesOf(asked)}.`;
}

function otherMethod(providers: readonly Provider[]): string {
  return `Callbacks of ${namesOf(providers)} use ${methodsOf(providers).join(' or ')}.`;
}

function namesOf(providers: readonly Provider[]): string {
  return providers.map(({ name }) => name).join(', ');
}

function reasonOf({ definition, options }: Provider, message: IncomingCallback, advice: string): string | undefined {
  try {
    const own = message.readBy(definition);
    atOnce(definition.recognizes(own, false, options), 'recognizes()');
    return atOnce(definition.whyNot?.(own, advice), 'whyNot()');
  } catch (error) {
    return isCallStatusError(error) ? `Its body cannot be read (${error.code}).` : 'Its code threw.';
  }
}
