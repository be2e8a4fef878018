import type { CallbackRequest } from '../callback-request.ts';
import type { RefusedRequest } from '../inbox/refusals.ts';

/** These have no value. A signature proves one callback only, and is needed to find out why it was rejected. */
const SECRET_HEADERS = /^(set-)?cookie$|auth|api-?key|secret|password|token/;
const MOST_BYTES = 16 * 1024;
/** A shorter token would be found in ordinary words. */
const SHORTEST_TOKEN = 8;
/** The user and the password of a URL. */
const CREDENTIALS = /(\/\/)[^/?#@\s]*@/g;
const TOKEN_PARAMETERS = /([?&]token=)([^&#\s"']*)/gi;

/**
 * A whole request, for `keepRefused: { raw: true }`, without secrets: `{token}` stands for a configured token, `{length:12}` for the value
 * of any other in a URL.
 *
 * @param tokens the configured tokens
 */
export function refusedRequest(
  { method, url, headers, body }: CallbackRequest,
  tokens: readonly string[],
): RefusedRequest {
  const shown = (text: string): string =>
    withoutTokens(withoutParameters(text.replaceAll(CREDENTIALS, '$1'), tokens), tokens);
  return {
    method,
    url: shown(url),
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) => {
        if (value === undefined) return [];
        if (SECRET_HEADERS.test(name)) return [[name, '']];
        return [[name, typeof value === 'string' ? shown(value) : value.map(shown)]];
      }),
    ),
    ...(body !== undefined && { body: bodyOf(body, tokens) }),
  };
}

function withoutParameters(text: string, tokens: readonly string[]): string {
  return text.replace(TOKEN_PARAMETERS, (_, name: string, value: string) => {
    return name + (tokens.includes(decoded(value)) ? '{token}' : `{length:${value.length}}`);
  });
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
}

/** A provider may repeat the URL that it calls, and a proxy may pass it on. */
function withoutTokens(text: string, tokens: readonly string[]): string {
  return tokens
    .filter((token) => token.length >= SHORTEST_TOKEN)
    .flatMap((token) => [token, encodeURIComponent(token), inLowerCase(encodeURIComponent(token))])
    .reduce((shown, token) => shown.replaceAll(token, '{token}'), text);
}

/** Some clients write `%2f` for `%2F`. */
function inLowerCase(encoded: string): string {
  return encoded.replaceAll(/%../g, (escaped) => escaped.toLowerCase());
}

/** Byte by byte, since it need not be UTF-8. */
function bodyOf(body: Uint8Array, tokens: readonly string[]): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1');
  const inBytes = tokens.map((token) => Buffer.from(token).toString('latin1'));
  const shown = withoutTokens(withoutTokens(bytes, inBytes), tokens);
  return Buffer.from(shown.slice(0, MOST_BYTES), 'latin1').toString('base64');
}
