import type { RuleName } from '../../provider/clue.ts';
import type { Said } from '../../signing/forwarded.ts';
import { loggableUrl } from '../../text/redact.ts';
import type { Context, Explanation, Rule, Variant } from '../rule.ts';
import { differenceOfPaths, splitUrl, type Trial, type UrlParts, urlOf, withUrlOf } from '../trial.ts';
import { shownOrigin, shownUrl } from '../verified-text.ts';

/** A part of the URL as it may have been called, and who says so. */
interface Part extends Said {
  readonly chance: Variant['chance'];
}

export const SCHEME: Rule = {
  name: 'scheme',
  variants: function* (trial, context) {
    const { scheme } = urlOf(trial);
    const requested = splitUrl(context.original.request.origin).scheme;
    const parts = [
      ...evident(context.said.schemes),
      ...(requested === '' ? [] : [{ value: requested, header: '', chance: 'common' as const }]),
      ...['https', 'http'].map((value) => ({ value, header: '', chance: 'common' as const })),
    ];
    for (const part of differing(parts, scheme)) {
      yield changed(trial, { scheme: part.value }, part, `called ${part.value}`, context);
    }
  },
};

export const HOST: Rule = {
  name: 'host',
  variants: function* (trial, context) {
    const { host } = urlOf(trial);
    const twin = /^www\./i.test(host) ? host.slice('www.'.length) : `www.${host}`;
    const parts = [
      ...evident(context.said.hosts),
      ...requestedHosts(context),
      { value: twin, header: '', chance: 'guess' as const },
    ];
    for (const part of differing(parts, host)) {
      // Another port of the same host is the next rule's.
      if (withoutPort(part.value) === withoutPort(host)) continue;
      yield changed(trial, { host: part.value }, part, 'called another host', context);
    }
  },
};

/** In lower case, as hosts are compared. */
function withoutPort(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}

/** The host of the request, as the framework sees it and as it came. */
function requestedHosts({ original, callback }: Context): readonly Part[] {
  return [splitUrl(original.request.origin).host, callback.header('host') ?? '']
    .filter((value) => HOST_FORM.test(value))
    .map((value) => ({ value, header: '', chance: 'common' }));
}

/** Nothing else in a Host header is a host. */
const HOST_FORM = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

export const PORT: Rule = {
  name: 'port',
  variants: function* (trial, context) {
    const { scheme, host } = urlOf(trial);
    const bare = host.replace(/:\d*$/, '');
    const said = evident(context.said.ports).map((part) => ({ ...part, value: `${bare}:${part.value}` }));
    const usual = scheme === 'http' ? '80' : '443';
    const ofHost = [...evident(context.said.hosts), ...requestedHosts(context)];
    const parts = [
      ...said,
      ...ofHost.filter(({ value }) => withoutPort(value) === withoutPort(host)),
      ...[bare, `${bare}:${usual}`].map((value) => ({ value, header: '', chance: 'common' as const })),
      ...['443', '80', '8443', '8080', '3000'].map((port) => ({
        value: `${bare}:${port}`,
        header: '',
        chance: 'guess' as const,
      })),
    ];
    for (const part of differing(parts, host)) {
      const port = part.value === bare ? 'without a port' : `with the port ${part.value.slice(bare.length + 1)}`;
      yield changed(trial, { host: part.value }, part, `called ${port}`, context);
    }
  },
};

/** All parts at once, as proxies say, or as the request has them where `publicUrl` has others. */
export const PROXIES: Rule = {
  name: 'scheme',
  variants: function* (trial, { original, said, callback }) {
    const verified = urlOf(trial);
    const ends = <Item>(list: readonly Item[]): readonly (Item | undefined)[] =>
      list.length === 0 ? [undefined] : [list[0], ...(list.length > 1 ? [list.at(-1)] : [])];
    const requested = splitUrl(original.request.origin + original.request.url);
    const schemes: readonly (Said | undefined)[] = [
      ...ends(said.schemes),
      ...['https', 'http'].map((value) => ({ value, header: '' })),
    ];
    const hosts = [...said.hosts, undefined];
    const paths = [undefined, ...said.paths];
    const seen = new Set<string>();
    const whole = function* (parts: UrlParts, by: readonly Said[], chance: Variant['chance']): Iterable<Variant> {
      const causes = differences(verified, parts);
      const key = `${parts.scheme} ${parts.host} ${parts.path}`;
      if (causes.length < 2 || seen.has(key)) return;
      seen.add(key);
      const headers = by.map(({ header }) => header).filter((header) => header !== '');
      const explain = (final: Trial): Explanation =>
        explained(final, headers, 'called another URL', original, callback);
      yield { trial: withUrlOf(trial, parts), chance, causes, explain };
    };
    for (const scheme of schemes) {
      for (const host of hosts) {
        for (const path of paths) {
          const by = [scheme, host, path].filter((part) => part !== undefined);
          const parts = {
            scheme: scheme?.value ?? verified.scheme,
            host: host?.value ?? verified.host,
            path: path?.value ?? verified.path,
          };
          yield* whole(parts, by, by.every(({ header }) => header !== '') ? 'evident' : 'common');
        }
      }
    }
    if (requested.host !== '') yield* whole(requested, [], 'common');
  },
};

/** Which rules two URLs differ by. */
function differences(one: UrlParts, other: UrlParts): readonly RuleName[] {
  const causes: RuleName[] = [];
  if (one.scheme.toLowerCase() !== other.scheme.toLowerCase()) causes.push('scheme');
  if (withoutPort(one.host) !== withoutPort(other.host)) causes.push('host');
  else if (one.host.toLowerCase() !== other.host.toLowerCase()) causes.push('port');
  if (one.path !== other.path) causes.push(differenceOfPaths(one.path, other.path));
  return causes;
}

function evident(said: readonly Said[]): readonly Part[] {
  return said.map((part) => ({ ...part, chance: 'evident' }));
}

/** Those that differ from what was verified, each once. */
function differing(parts: readonly Part[], verified: string): readonly Part[] {
  return parts.filter(
    ({ value }, at) =>
      value.toLowerCase() !== verified.toLowerCase() && parts.findIndex((part) => part.value === value) === at,
  );
}

function changed(
  trial: Trial,
  parts: Partial<UrlParts>,
  { header, chance }: Part,
  what: string,
  { original, callback }: Context,
): Variant {
  const headers = header === '' ? [] : [header];
  return {
    trial: withUrlOf(trial, parts),
    chance,
    explain: (final) => explained(final, headers, what, original, callback),
  };
}

function explained(
  final: Trial,
  headers: readonly string[],
  what: string,
  original: Trial,
  callback: Context['callback'],
): Explanation {
  const by = headers.length === 0 ? 'The provider' : 'A proxy says that the provider';
  const source = headers.length === 0 ? '' : ` (${[...new Set(headers)].join(' and ')})`;
  const called = urlOf(final);
  return {
    evidence: `${by} ${what}${source}.`,
    fix: fixFor(called, shownOrigin(called), original, isSeenByTrust(callback, called)),
  };
}

/**
 * The setting with which this URL is verified.
 *
 * @param address what `publicUrl` should be
 */
export function fixFor(called: UrlParts, address: string, { publicUrl }: Trial, trustHelps: boolean): string {
  const url = shownUrl(called);
  if (publicUrl !== undefined) {
    return `publicUrl is ${loggableUrl(publicUrl)}, but the provider called ${url}: correct publicUrl.`;
  }
  const trust = trustHelps ? ", or let the framework trust its proxy ('trust proxy')" : '';
  return `The provider called ${url}: set publicUrl to ${address}${trust}.`;
}

/** Whether a framework that trusts its proxy would see this origin: frameworks read two headers, and of each the first value. */
function isSeenByTrust(callback: Context['callback'], { scheme, host }: UrlParts): boolean {
  const requested = splitUrl(callback.request.origin);
  const first = (header: string): string | undefined => callback.header(header)?.split(',', 1)[0]?.trim();
  const proto = first('x-forwarded-proto');
  const seen = `${proto || requested.scheme}://${first('x-forwarded-host') || requested.host}`;
  return proto !== undefined && seen.toLowerCase() === `${scheme}://${host}`.toLowerCase();
}
