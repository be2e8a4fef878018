import type { RequestHead } from '../callback-request.ts';
import { contentCodings } from '../decode/content-encoding.ts';
import { CallStatusError, isCallStatusError, unexpected } from '../errors.ts';
import { atOnce } from '../provider/at-once.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { IncomingCallback } from '../provider/incoming-callback.ts';
import { Candidates } from './candidates.ts';

/**
 * Whether a request may be a callback, judging by its headers. If not, its body is never read. Unless the URL is only for callbacks, only a
 * short body of known length is read: uploads and streams are passed on.
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

/** The content types of callbacks. */
export const CALLBACK_TYPE: RegExp =
  /^\s*(application\/(x-www-form-urlencoded|json|[\w.-]+\+json)|multipart\/form-data)\s*(;|$)/i;

/** The methods that callbacks of these providers use. */
export function methodsOf(providers: readonly Provider[]): readonly ('POST' | 'GET')[] {
  return (['POST', 'GET'] as const).filter((method) =>
    providers.some(({ definition }) => acceptsMethod(definition, method)),
  );
}

const POST = ['POST'];

/** Whether callbacks of a provider use a method. */
export function acceptsMethod({ methods = POST }: { readonly methods?: readonly string[] }, method: string): boolean {
  return methods.includes(method);
}

/** How the provider of a callback is found: made once for the providers of a URL. */
export interface Recognition {
  /** The only provider. */
  readonly only: Provider | undefined;
  readonly byMethod: ReadonlyMap<string, Candidates>;
}

/** The {@link Recognition} of these providers. */
export function recognitionOf(providers: readonly Provider[]): Recognition {
  const byMethod = methodsOf(providers).map((method) => {
    const those = providers.filter(({ definition }) => acceptsMethod(definition, method));
    return [method, new Candidates(those)] as const;
  });
  return { only: providers.length === 1 ? providers[0] : undefined, byMethod: new Map(byMethod) };
}

/**
 * Step 1: the provider of a callback: the only one at this URL, or the only one that recognizes it. `undefined`: none does, so the request
 * belongs to the application.
 *
 * A provider that throws is left out. If the URL is only for callbacks and no other provider recognizes the callback, its error is thrown,
 * so that a bug does not pass a callback on; otherwise the error is reported. One provider may decode what another cannot.
 *
 * @throws CallStatusError `ambiguous_provider`, `unexpected`, and decoding errors if the URL is only for callbacks
 */
export function match(
  message: IncomingCallback,
  { only, byMethod }: Recognition,
  report: (error: CallStatusError) => void,
): Provider | undefined {
  const { method, callbackOnly = true } = message.request;
  const candidates = byMethod.get(method);
  if (candidates === undefined) return undefined;
  const named = only !== undefined && callbackOnly;
  if (named && method !== 'GET') return only;
  let failure: CallStatusError | undefined;
  const matching: Provider[] = [];
  for (const provider of named ? [only] : candidates.of(message)) {
    const found = recognizes(provider, message, callbackOnly, named);
    if (found === true) matching.push(provider);
    else if (found !== false && (failure === undefined || found.code === 'unexpected')) failure = found;
  }
  if (matching.length > 1) {
    throw new CallStatusError('ambiguous_provider', {
      reason: `It matches ${matching.map(({ name }) => name).join(' and ')}.`,
    });
  }
  if (failure !== undefined && callbackOnly && matching.length === 0) throw failure;
  if (failure?.code === 'unexpected') report(failure);
  return matching[0];
}

/**
 * Whether a provider recognizes a callback, or the error that its code threw. A body that cannot be decoded is an error only if the URL is
 * only for callbacks. A GET may come from a browser, but if the provider is named, what cannot be verified is not passed on.
 */
function recognizes(
  { name, definition, options }: Provider,
  message: IncomingCallback,
  callbackOnly: boolean,
  named: boolean,
): boolean | CallStatusError {
  try {
    // Untyped code may return a header, or nothing.
    const found = definition.recognizes(message.readBy(definition), named, options);
    return Boolean(atOnce(found, `recognizes() of ${name}`));
  } catch (error) {
    if (!isCallStatusError(error)) return unexpected(error, name);
    return callbackOnly && (named || message.request.method !== 'GET') ? error : false;
  }
}
