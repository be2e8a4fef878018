import type { RequestHead } from './endpoint.ts';
import { CallStatusError } from './errors.ts';
import type { Message } from './message.ts';
import type { Provider } from './provider.ts';

/**
 * Whether a request may be a callback, told by its head alone; if not, its body is never touched.
 * Where the URL is not for callbacks alone, only a short body of known length is worth a look: uploads and streams go by.
 */
export function mayBeCallback(
  { method, headers, dedicated = true }: RequestHead,
  methods: readonly string[],
  maxBytes: number,
): boolean {
  if (!methods.includes(method)) return false;
  if (dedicated || method === 'GET') return true;
  const type = headers['content-type'];
  return (
    typeof type === 'string' &&
    CALLBACK_TYPE.test(type) &&
    headers['content-encoding'] === undefined &&
    Number(headers['content-length']) <= maxBytes
  );
}

const CALLBACK_TYPE = /^\s*(application\/(x-www-form-urlencoded|json|[\w.-]+\+json)|multipart\/form-data)\s*(;|$)/i;

/** The methods with which callbacks of any of the providers may come. */
export function methodsOf(providers: readonly Provider[]): readonly ('POST' | 'GET')[] {
  return (['POST', 'GET'] as const).filter((method) => providers.some(({ definition }) => accepts(definition, method)));
}

const POST = ['POST'];

function accepts({ methods = POST }: { readonly methods?: readonly string[] }, method: string): boolean {
  return methods.includes(method);
}

/**
 * Step 1: which provider is this? The one named for this URL, else the only one that recognises the message.
 * `undefined`: none does, so the request is not ours.
 *
 * @throws CallStatusError `ambiguous_provider`, and what decoding throws where the URL is for callbacks alone
 */
export function match(message: Message, providers: readonly Provider[]): Provider | undefined {
  const { method, dedicated = true } = message.request;
  const named = providers.length === 1 && dedicated;
  const [only] = providers;
  if (named && method !== 'GET') return only && accepts(only.definition, method) ? only : undefined;
  const fitting = providers.filter(
    ({ definition }) => accepts(definition, method) && recognizes(definition, message, dedicated, named),
  );
  if (fitting.length > 1) {
    throw new CallStatusError('ambiguous_provider', {
      hint: `It fits ${fitting.map(({ name }) => name).join(' and ')}.`,
    });
  }
  return fitting[0];
}

/** What does not decode is an error only where the URL is for callbacks alone, and no visitor's GET. */
function recognizes(definition: Provider['definition'], message: Message, dedicated: boolean, named: boolean): boolean {
  try {
    return definition.recognizes(message, named);
  } catch (error) {
    if (dedicated && message.request.method !== 'GET') throw error;
    return false;
  }
}
