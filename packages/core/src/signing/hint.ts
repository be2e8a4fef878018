import { loggableUrl } from '../text/redact.ts';
import type { CalledRequest } from './called-url.ts';
import { forwarded } from './forwarded.ts';
import { headersOf, isSeenByTrust, settingFor } from './likely-urls.ts';

/**
 * Why a signature does not match: the cause that was found by trying, else the likely ones.
 *
 * @param found the changes that make the signature match, if any were found
 */
export function mismatchHint(
  callback: CalledRequest,
  secrets: readonly string[],
  signs: 'fields' | 'bytes' | 'nothing',
  found?: readonly string[],
): string {
  if (secrets.length === 0) return 'No secret was found for this request.';
  const causes = found === undefined || found.length === 0 ? undefined : found.join(' ');
  if (signs === 'nothing') return causes ?? "The secret is not this provider's.";
  // This signature does not cover the URL.
  if (signs === 'bytes')
    return causes ?? "The secret is not this provider's, or something on the way changed the body.";
  const verified = `The URL verified was ${loggableUrl(callback.url)}.`;
  return [verified, ...(causes === undefined ? suspicions(callback) : [causes])].join(' ');
}

/** The likely causes, the most frequent first. */
function suspicions(callback: CalledRequest): readonly string[] {
  const { request } = callback;
  const isParsed = request.body === undefined && request.method !== 'GET';
  return [
    suspectedUrl(callback),
    ...(isParsed ? ['Another parser took the body apart first: mount call-status before it.'] : []),
  ];
}

function suspectedUrl(callback: CalledRequest): string {
  const { publicUrl, request, url } = callback;
  const orSecret = "else the secret is not this provider's, or one of several that call this URL: list them all.";
  if (publicUrl !== undefined) {
    const called = loggableUrl(request.origin + request.url);
    return `publicUrl is set to ${loggableUrl(publicUrl)}, and the request came to ${called}. If the provider called another (scheme, host, port, path), correct publicUrl; ${orSecret}`;
  }
  const { schemes, hosts, paths } = forwarded(callback);
  const scheme = schemes.find(({ value }) => !url.startsWith(`${value}:`));
  const host = hosts.find(({ value }) => !url.includes(`//${value}`));
  const path = paths.find(({ value }) => !url.endsWith(value));
  const by = [scheme, host, path].filter((each) => each !== undefined);
  if (by.length === 0) return `If the provider called another (scheme, host, port, path), set publicUrl; ${orSecret}`;
  const what = scheme?.value ?? (host === undefined ? 'another path' : 'another host');
  const [ownScheme, ownHost] = request.origin.split('://');
  const trustHelps =
    path === undefined && isSeenByTrust(callback, `${scheme?.value ?? ownScheme}://${host?.value ?? ownHost}`);
  return `A proxy says that the provider called ${what}: ${settingFor(trustHelps)} (${headersOf(by)}). If it does not match then, the secret is not this provider's.`;
}
