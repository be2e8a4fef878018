/** The query parameter that holds the token of a callback URL. */
export const TOKEN_PARAMETER = 'token';

/** Every string has them. */
const PARTS = /^([^?#]*)\??([^#]*)(.*)$/s;

/** A token parameter, with the separator after it. */
const TOKEN = new RegExp(`(?<=^|&)${TOKEN_PARAMETER}(?:=[^&]*)?(?:&|$)`, 'g');

/**
 * The callback URL with the token in its query. An existing query stays byte for byte, except for an old token, since two tokens would be
 * rejected. A fragment stays last: SignalWire takes timeouts from it (`#rt=5000`). Not needed for a provider's `callbackParams`:
 * call-status adds the token to the `url`.
 *
 * @example withToken('https://hooks.example.com/acme?a=1', 'secret') // 'https://hooks.example.com/acme?a=1&token=secret'
 */
export function withToken(url: string, token: string | undefined): string {
  if (token === undefined) return url;
  const [, address, query, fragment] = PARTS.exec(url) as unknown as [string, string, string, string];
  const others = query.replace(TOKEN, '');
  const separator = others === '' || others.endsWith('&') ? '' : '&';
  return `${address}?${others}${separator}${TOKEN_PARAMETER}=${encodeURIComponent(token)}${fragment}`;
}
