import { TOKEN_PARAMETER } from '../message.ts';

/**
 * The callback URL with the token in its query. An existing query stays byte for byte, and a fragment stays last:
 * SignalWire takes timeouts from it (`#rt=5000`).
 */
export function withToken(url: string, token: string | undefined): string {
  if (token === undefined) return url;
  const [address = '', ...fragment] = url.split('#');
  const separator = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return [`${address}${separator}${TOKEN_PARAMETER}=${encodeURIComponent(token)}`, ...fragment].join('#');
}
