import { loggableUrl } from '../text/redact.ts';
import type { CalledRequest } from './called-url.ts';
import type { Guess } from './diagnose.ts';
import { forwarded, type Said } from './forwarded.ts';
import { otherForms } from './url.ts';

/** How many of each kind are tried. */
const MOST_HOSTS = 4;
const MOST_PATHS = 5;

/** Scheme; user, host and port; path and query. */
const PARTS = /^(https?):\/\/([^/?#]*)(.*)$/is;

/**
 * The URLs that the provider may have called, starting with the one that was verified: according to proxies, according to the request if
 * `publicUrl` differs, with the other scheme, and with and without a slash, a path prefix or the query.
 */
export function likelyUrls(callback: CalledRequest): readonly Guess<string>[] {
  const { url, publicUrl, request } = callback;
  const [, scheme = '', host = '', path = ''] = PARTS.exec(url) as RegExpExecArray;
  const [, calledScheme = '', calledHost = '', calledPath = ''] = PARTS.exec(request.origin + request.url) ?? [];
  const said = forwarded(callback);
  const guessed = (value: string): Said => ({ value, header: '' });
  const schemes = unique([guessed(scheme), ...said.schemes, guessed(calledScheme), guessed('https'), guessed('http')]);
  const hosts = unique([guessed(host), ...said.hosts, guessed(calledHost)]).slice(0, MOST_HOSTS);
  const changed = [withOtherSlash(path), path.replace(/\?.*/s, '')].map(guessed);
  const paths = unique([guessed(path), ...said.paths, guessed(calledPath), ...changed]).slice(0, MOST_PATHS);
  const guesses: Guess<string>[] = [url, ...otherForms(url)].map((value) => ({ value }));
  for (const aPath of paths) {
    for (const aHost of hosts) {
      for (const aScheme of schemes) {
        const value = `${aScheme.value}://${aHost.value}${aPath.value}`;
        if (value === url || aScheme.value === '' || aHost.value === '') continue;
        const by = [aScheme, aHost, aPath].filter(({ header }) => header !== '');
        const what = saidOther(aScheme, scheme)
          ? aScheme.value
          : saidOther(aHost, host)
            ? 'another host'
            : 'another path';
        const origin = `${aScheme.value}://${aHost.value}`;
        const advice = !aPath.value.endsWith(request.url)
          ? adviceToKeep(request.url, value, by)
          : publicUrl === undefined
            ? adviceOf(value, what, by, aPath.value === path && isSeenByTrust(callback, origin))
            : adviceToCorrect(publicUrl, value);
        guesses.push(...[value, ...otherForms(value)].map((form) => ({ value: form, advice })));
      }
    }
  }
  return guesses;
}

function unique(all: readonly Said[]): readonly Said[] {
  return all.filter(({ value }, at) => all.findIndex((other) => other.value === value) === at);
}

function withOtherSlash(path: string): string {
  const [, address = '', rest = ''] = /^([^?#]*)(.*)$/s.exec(path) as RegExpExecArray;
  return (address.endsWith('/') ? address.slice(0, -1) : `${address}/`) + rest;
}

function adviceToCorrect(publicUrl: string, called: string): string {
  return `publicUrl is set to ${loggableUrl(publicUrl)}, but the provider called ${loggableUrl(called)}: correct publicUrl.`;
}

/** A difference that no setting can change. */
function adviceToKeep(came: string, called: string, by: readonly Said[]): string {
  const source = by.length === 0 ? '' : ` (${headersOf(by)})`;
  return `The provider called ${loggableUrl(called)}${source}, and ${loggableUrl(came)} came here: something on the way changed path or query. Keep them as they are, or give the provider the URL that comes here.`;
}

function saidOther({ value, header }: Said, verified: string): boolean {
  return header !== '' && value !== verified;
}

function adviceOf(called: string, what: string, by: readonly Said[], trustHelps: boolean): string {
  const shown = loggableUrl(called);
  if (by.length === 0) return `The provider called ${shown}: set publicUrl to its address.`;
  return `A proxy says that the provider called ${what}: ${settingFor(trustHelps)}. It called ${shown}, according to ${headersOf(by)}.`;
}

/** The setting that makes call-status see the URL that was called. */
export function settingFor(trustHelps: boolean): string {
  return `set publicUrl${trustHelps ? ", or the framework's trust proxy" : ''}`;
}

/** Whether a framework that trusts its proxy would see this origin: frameworks read two headers, and of each the first value. */
export function isSeenByTrust(callback: CalledRequest, origin: string): boolean {
  const [, scheme, host] = PARTS.exec(callback.request.origin) as RegExpExecArray;
  const first = (header: string): string | undefined => callback.header(header)?.split(',', 1)[0]?.trim();
  const seen = `${first('x-forwarded-proto') || scheme}://${first('x-forwarded-host') || host}`;
  return seen.toLowerCase() === origin.toLowerCase();
}

/** Names of headers, for display. */
export function headersOf(said: readonly Said[]): string {
  return [...new Set(said.map(({ header }) => header))].join(' and ');
}
