import { DEFAULT_LIMITS, type Limits } from '../decode/fields.ts';
import type { PublicUrl } from '../signing/called-url.ts';
import type { AnyProviderDefinition } from './definition.ts';
import { IncomingCallback } from './incoming-callback.ts';

/** A request for testing a provider. All parts are optional. */
export interface CallbackInit {
  /** @default 'POST' */
  readonly method?: string;
  /** Path and query. @default '/' */
  readonly url?: string;
  /** Scheme and host. @default 'https://hooks.example.com' */
  readonly origin?: string;
  /** Names in any case. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Strings are sent as UTF-8. @default no bytes */
  readonly body?: string | Uint8Array;
  /** The body as parsed by another parser, which has consumed its bytes. */
  readonly parsed?: unknown;
}

/** How the receiver reads the request. */
export interface CreateCallbackOptions {
  /** The definition that reads it; required if it has a `decode`. */
  readonly definition?: Pick<AnyProviderDefinition, 'decode'>;
  /** @default those of a receiver */
  readonly limits?: Limits;
  /** @default none */
  readonly publicUrl?: PublicUrl;
}

/**
 * Creates a callback from a request, to test the functions of a provider without a receiver.
 *
 * @example
 * ```ts
 * import { createCallback } from '@call-status/core/provider';
 *
 * const callback = createCallback({ headers: { 'X-Acme-Event': 'call' }, body: 'id=1&state=over' });
 * console.log(callback.header('x-acme-event'), callback.fields); // call { id: '1', state: 'over' }
 * ```
 */
export function createCallback(request: CallbackInit, options: CreateCallbackOptions = {}): IncomingCallback {
  const { method = 'POST', url = '/', origin = 'https://hooks.example.com', headers = {}, body = '', parsed } = request;
  const { definition = {}, limits = DEFAULT_LIMITS, publicUrl } = options;
  const lowerCased = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const content = parsed === undefined ? { body: bytes } : { parsed };
  return new IncomingCallback({ method, url, origin, headers: lowerCased, ...content }, limits, publicUrl).readBy(
    definition,
  );
}
