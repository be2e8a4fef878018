import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

/**
 * The scheme and host under which a provider called, the same in every framework: the first of each list in `X-Forwarded-Proto` and
 * `X-Forwarded-Host` if the framework trusts the proxy, otherwise those of the connection.
 *
 * @param trustsProxy whether the framework trusts the sender of this request; called only if there is such a header
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
  // HTTP/2 has a separate field for the host.
  const ownHost = (headers[':authority'] as string | undefined) ?? headers.host ?? '';
  return `${(isTrusted && scheme.toLowerCase()) || ownScheme}://${(isTrusted && host) || ownHost}`;
}

/** The first of a list in a header. */
function firstOf(header: string | readonly string[] | undefined): string {
  return String(header ?? '')
    .replace(/,.*/s, '')
    .trim();
}
