import type { CallbackRequest } from '../callback-request.ts';
import type { RefusedRequest } from '../inbox/refusals.ts';
import { isSecretName, withoutSecrets } from '../text/without-secrets.ts';

const MOST_BYTES = 16 * 1024;

/**
 * A whole request, for `keepRefused: { raw: true }`, without secrets: headers whose name says that they may be one have no value. A signature
 * proves one callback only, and is needed to find out why it was rejected.
 *
 * @param tokens the configured tokens
 */
export function refusedRequest(
  { method, url, origin, headers, body }: CallbackRequest,
  tokens: readonly string[],
): RefusedRequest {
  const shown = (text: string): string => withoutSecrets(text, tokens);
  return {
    method,
    url: shown(url),
    origin: shown(origin),
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) => {
        if (value === undefined) return [];
        if (isSecretName(name)) return [[name, '']];
        return [[name, typeof value === 'string' ? shown(value) : value.map(shown)]];
      }),
    ),
    ...(body !== undefined && { body: bodyOf(body, shown) }),
  };
}

/** Byte by byte, since it need not be UTF-8. */
function bodyOf(body: Uint8Array, shown: (text: string) => string): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1');
  return Buffer.from(shown(bytes).slice(0, MOST_BYTES), 'latin1').toString('base64');
}
