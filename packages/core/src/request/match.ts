import type { RequestHead } from '../callback-request.ts';
import { contentCodings } from '../decode/content-encoding.ts';
import { CallStatusError, isCallStatusError, unexpected } from '../errors.ts';
import { atOnce } from '../provider/at-once.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';

/**
 * Whether a request may be a callback, judged by its head; if not, its body is never touched.
 * Where the URL is not for callbacks alone, only a short body of known length is worth a look: uploads and streams go by.
 */
export function mayBeCallback(
  { method, headers, callbackOnly = true }: RequestHead,
  methods: readonly string[],
  maxBytes: number,
): boolean {
  if (!methods.includes(method)) return false;
  if (callbackOnly || method === 'GET') return true;
  const type = headers['content-type'];
  return (
    typeof type === 'string' &&
    CALLBACK_TYPE.test(type) &&
    contentCodings(headers['content-encoding']).length === 0 &&
    Number(headers['content-length']) <= maxBytes
  );
}

/** The content types that callbacks come in. */
export const CALLBACK_TYPE: RegExp =
  /^\s*(application\/(x-www-form-urlencoded|json|[\w.-]+\+json)|multipart\/form-data)\s*(;|$)/i;

/** The methods with which callbacks of any of the providers may come. */
export function methodsOf(providers: readonly Provider[]): readonly ('POST' | 'GET')[] {
  return (['POST', 'GET'] as const).filter((method) =>
    providers.some(({ definition }) => acceptsMethod(definition, method)),
  );
}

const POST = ['POST'];

/** Whether callbacks of a provider come by a method. */
export function acceptsMethod({ methods = POST }: { readonly methods?: readonly string[] }, method: string): boolean {
  return methods.includes(method);
}

/**
 * Step 1: which provider is this? The one named for this URL, else the only one that recognises the message.
 * `undefined`: none does, so the request is not ours.
 *
 * A provider that threw takes no part. Where the URL is for callbacks, its error is thrown if no other recognises the message, so that
 * a callback is not passed on because of a bug; in all other cases a bug is reported. What one provider cannot decode, another may.
 *
 * @throws CallStatusError `ambiguous_provider`, `unexpected`, and what decoding throws where the URL is only for callbacks
 */
export function match(
  message: IncomingCallback,
  providers: readonly Provider[],
  report: (error: CallStatusError) => void,
): Provider | undefined {
  const { method, callbackOnly = true } = message.request;
  const named = providers.length === 1 && callbackOnly;
  const [only] = providers;
  if (named && method !== 'GET') return only && acceptsMethod(only.definition, method) ? only : undefined;
  let failure: CallStatusError | undefined;
  const fitting = providers.filter((provider) => {
    if (!acceptsMethod(provider.definition, method)) return false;
    const found = recognizes(provider, message, callbackOnly, named);
    if (typeof found === 'boolean') return found;
    if (failure === undefined || found.code === 'unexpected') failure = found;
    return false;
  });
  if (fitting.length > 1) {
    throw new CallStatusError('ambiguous_provider', {
      reason: `It matches ${fitting.map(({ name }) => name).join(' and ')}.`,
    });
  }
  if (failure !== undefined && callbackOnly && fitting.length === 0) throw failure;
  if (failure?.code === 'unexpected') report(failure);
  return fitting[0];
}

/**
 * What a provider says, or what its own code threw. What does not decode is an error only where the URL is only for callbacks,
 * and no visitor's GET.
 */
function recognizes(
  { name, definition }: Provider,
  message: IncomingCallback,
  callbackOnly: boolean,
  named: boolean,
): boolean | CallStatusError {
  try {
    // JavaScript may return a header, or nothing.
    return Boolean(atOnce(definition.recognizes(message.readBy(definition), named), `recognizes() of ${name}`));
  } catch (error) {
    if (!isCallStatusError(error)) return unexpected(error, name);
    return callbackOnly && message.request.method !== 'GET' ? error : false;
  }
}
