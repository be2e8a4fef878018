import type { CallbackRequest } from '../callback-request.ts';
import { CallStatusError } from '../errors.ts';
import { loggableUrl } from '../text/redact.ts';

/** The parts of a request that a signature over its URL depends on. `IncomingCallback` of `@call-status/core/provider` is one. */
export interface CalledRequest {
  /** The request as the adapter gave it. */
  readonly request: CallbackRequest;
  /** The URL that is verified. */
  readonly url: string;
  /** The configured `publicUrl` for this request, if any. */
  readonly publicUrl: string | undefined;
  /** A header's value, by its name in lower case. */
  header(name: string): string | undefined;
}

/** The address at which the provider reaches the application: fixed, or by request. */
export type PublicUrl = string | ((request: CallbackRequest) => string);

/** Scheme and `host[:port]`. With a path, query or user in the Host header, the client could choose the URL that is verified. */
const ORIGIN = /^https?:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
/** An address as the option accepts it, optionally with a user, a path prefix and a fragment. */
const ADDRESS = /^https?:\/\/[^/?#\s]+(?:\/[^\s?#]*)?(?:#\S*)?$/i;
/** A request line may contain a whole URL (RFC 9112, section 3.2.2). */
const WHOLE_URL = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/is;

/** The configured address for a request, if any. */
export function configuredAddress(request: CallbackRequest, publicUrl: PublicUrl | undefined): string | undefined {
  if (typeof publicUrl !== 'function') return publicUrl;
  const address: unknown = publicUrl(request);
  if (typeof address === 'string' && ADDRESS.test(address)) return address;
  throw new TypeError("publicUrl() must return an address such as 'https://hooks.example.com'.");
}

/**
 * The URL that the provider called, without a configured fragment. The address is an origin and, optionally, the path prefix that a proxy
 * removes; a prefix that is still on the request is not added twice, so the whole callback URL is valid too.
 *
 * @throws CallStatusError `invalid_host` if no address is configured and the request has no valid host
 */
export function calledUrl(request: CallbackRequest, address: string | undefined): string {
  const [, authority, path] = WHOLE_URL.exec(request.url) ?? [undefined, undefined, request.url];
  if (address !== undefined) return join(address.replace(/#.*/s, ''), path);
  const { origin } = request;
  const url = origin + path;
  if (!ORIGIN.test(origin)) throw invalid(url, 'Scheme and host are not http(s)://host[:port].');
  const isOther =
    authority !== undefined && authority.toLowerCase() !== origin.slice(origin.indexOf('//') + 2).toLowerCase();
  if (isOther) throw invalid(url, 'The URL on the request line names another host.');
  return url;
}

function invalid(url: string, reason: string): CallStatusError {
  return new CallStatusError('invalid_host', { url: loggableUrl(url), reason });
}

function join(address: string, path: string): string {
  const start = address.indexOf('/', address.indexOf('://') + 3);
  if (start < 0) return address + path;
  const prefix = address.slice(start).replace(/\/+$/, '');
  return address.slice(0, start) + (isUnder(prefix, path) ? '' : prefix) + path;
}

function isUnder(prefix: string, path: string): boolean {
  return path.startsWith(prefix) && /^(?:[/?]|$)/.test(path.slice(prefix.length));
}
