import { loggableUrl } from '../text/redact.ts';
import type { Outcome } from './attempts.ts';
import type { Context } from './rule.ts';
import { type UrlParts, urlOf } from './trial.ts';

/** What was verified, in words. */
export function verifiedText({ original }: Context, { byToken = false }: Outcome): string {
  const { request, provider, secrets, tokens } = original;
  if (secrets === undefined && tokens === undefined) return 'nothing';
  if (byToken) return `the token of ${loggableUrl(request.url)}`;
  const { signs } = provider.definition;
  if (signs === 'nothing') return 'the credentials';
  const size = request.body === undefined ? 'the parsed body' : `${request.body.length} bytes of the body`;
  return signs === 'bytes' ? size : `${shownUrl(urlOf(original))} and the fields of ${size}`;
}

/** A URL, as logs show it. */
export function shownUrl({ scheme, host, path }: UrlParts): string {
  return loggableUrl(scheme === '' ? path : `${scheme}://${host}${path}`);
}

/** Only its scheme and host. */
export function shownOrigin({ scheme, host }: UrlParts): string {
  return loggableUrl(`${scheme}://${host}`);
}
