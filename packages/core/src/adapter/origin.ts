import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

/**
 * Scheme and host under which a provider called, as far as a request tells: the first of each list in `X-Forwarded-Proto` and
 * `X-Forwarded-Host` where the framework trusts the proxy, else those of the connection. The same in every framework.
 *
 * @param trustsProxy whether the framework is told to trust the sender of this request; asked only if there is such a header
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { originOf } from '@call-status/core/adapter';
 *
 * createServer((req, res) => void res.end(originOf(req, () => false)));
 * ```
 */
export function originOf({ headers, socket }: IncomingMessage, trustsProxy: () => boolean): string {
  const scheme = firstOf(headers['x-forwarded-proto']);
  const host = firstOf(headers['x-forwarded-host']);
  const isTrusted = (scheme !== '' || host !== '') && trustsProxy();
  const ownScheme = (socket as TLSSocket).encrypted ? 'https' : 'http';
  // HTTP/2 names the host in a field of its own.
  const ownHost = (headers[':authority'] as string | undefined) ?? headers.host ?? '';
  return `${(isTrusted && scheme.toLowerCase()) || ownScheme}://${(isTrusted && host) || ownHost}`;
}

/** Of a list in a header. */
function firstOf(header: string | readonly string[] | undefined): string {
  return String(header ?? '')
    .replace(/,.*/s, '')
    .trim();
}
