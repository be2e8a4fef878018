import type { Message } from '../message.ts';
import type { Provider } from '../provider.ts';
import { loggableUrl } from '../redact.ts';

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
  const verified = `The URL verified was ${loggableUrl(message.url)}.`;
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
