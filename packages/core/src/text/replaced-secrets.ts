const TOKEN = /\{token\}|%7Btoken%7D/i;
const HIDDEN = /\{length:\d+\}|%7Blength(?::|%3A)\d+%7D/i;

/**
 * The URL of a kept request with the token in the place of `{token}`; unchanged if it has no such place.
 * @example putTokenBack('/voice?token={token}', 's3cret') // '/voice?token=s3cret'
 */
export function putTokenBack(url: string, token: string): string {
  return url.replace(TOKEN, () => encodeURIComponent(token));
}

/**
 * Whether secrets in a text of a kept request were replaced by their length: `{length:12}`.
 * @example hasHiddenSecrets('password={length:12}') // true
 */
export function hasHiddenSecrets(text: string): boolean {
  return HIDDEN.test(text);
}
