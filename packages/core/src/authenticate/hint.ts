import type { Message } from '../message.ts';
import type { Provider } from '../provider.ts';

/** Longer URLs are cut: anyone can send them. */
const LONGEST_URL = 500;

/** What may be a phone number or a secret in the path: many digits. */
const MANY_DIGITS = /\d{7,}/g;

/**
 * A URL fit for a log: the names of its query without the values, which may be secrets or phone numbers; no credentials, and nothing
 * that only looks like a query.
 */
export function withoutQueryValues(url: string): string {
  const [address = '', query] = url.split('?', 2);
  const shown = address
    .replace(/\/\/[^/@]*@/, '//…@')
    .replace(/(?:[;#]|%3f).*/is, '…')
    .replace(MANY_DIGITS, '…');
  const whole = query === undefined ? shown : `${shown}?${query.split('&').map(nameOf).join('&')}`;
  return whole.length <= LONGEST_URL ? whole : `${whole.slice(0, LONGEST_URL)}…`;
}

/** Of a parameter; one without a value may be a secret itself. */
function nameOf(parameter: string): string {
  const end = parameter.indexOf('=');
  if (end >= 0) return `${parameter.slice(0, end)}=…`;
  return parameter === '' ? '' : '…';
}

/** The likeliest cause of a signature that does not fit, in a sentence. */
export function mismatchHint(
  message: Message,
  secrets: readonly string[],
  signs: Provider['definition']['signs'],
): string {
  const { request } = message;
  if (secrets.length === 0) return 'No secret was found for this request.';
  // Such a signature does not cover the URL.
  if (signs === 'bytes') return "The secret is not this provider's, or something on the way changed the body.";
  const verified = `The URL verified was ${withoutQueryValues(message.url)}.`;
  if (request.body === undefined && request.method !== 'GET') {
    return `${verified} Another parser took the body apart first: mount call-status before it.`;
  }
  const protocol = message.header('x-forwarded-proto');
  const host = message.header('x-forwarded-host');
  if ((protocol === 'http' || protocol === 'https') && !message.url.startsWith(`${protocol}:`)) {
    return `${verified} A proxy says that the provider called ${protocol}: set publicUrl, or the framework's trust proxy.`;
  }
  if (host !== undefined && !message.url.includes(`//${host}`)) {
    return `${verified} A proxy says that the provider called another host: set publicUrl, or the framework's trust proxy.`;
  }
  return `${verified} If the provider called another (scheme, host, port, path), set publicUrl; else the secret is not this provider's.`;
}
