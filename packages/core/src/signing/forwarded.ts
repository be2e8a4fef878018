import type { CalledRequest } from './called-url.ts';

/** A part of a URL, and the header in which a proxy reports it. */
export interface Said {
  readonly value: string;
  readonly header: string;
}

/** What proxies report about the URL that was called. For lists, both ends: proxies do not agree on which is the provider's side. */
export interface Forwarded {
  readonly schemes: readonly Said[];
  /** `host[:port]`. */
  readonly hosts: readonly Said[];
  readonly ports: readonly Said[];
  /** Whole paths with their query. */
  readonly paths: readonly Said[];
}

const SCHEME_HEADERS = [
  'x-forwarded-proto',
  'x-forwarded-protocol',
  'x-forwarded-scheme',
  'x-url-scheme',
  'x-scheme',
  'cloudfront-forwarded-proto',
];
/** They say `on`. */
const TLS_HEADERS = ['x-forwarded-ssl', 'front-end-https', 'x-arr-ssl'];
const HOST_HEADERS = ['x-forwarded-host', 'x-original-host', 'x-forwarded-server'];
const PATH_HEADERS = ['x-original-uri', 'x-original-url', 'x-forwarded-uri', 'x-rewrite-url'];

const SCHEME = /^https?$/i;
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const PORT = /^\d{1,5}$/;
const PATH = /^\/\S{0,2000}$/;

/** Reads every common form of forwarded headers. Malformed parts are skipped. */
export function forwarded(callback: CalledRequest): Forwarded {
  const said = (headers: readonly string[], form: RegExp): Said[] =>
    headers
      .flatMap((header) => endsOf(callback.header(header)).map((value) => ({ value, header })))
      .filter(({ value }) => form.test(value));
  const standard = (name: string, form: RegExp): Said[] =>
    Array.from(
      (callback.header('forwarded') ?? '').matchAll(new RegExp(`(?:^|[;,\\s])${name}=("?)([^";,\\s]+)\\1`, 'gi')),
    )
      .map(([, , value = '']) => ({ value, header: 'forwarded' }))
      .filter(({ value }) => form.test(value));
  const secure = TLS_HEADERS.filter(
    (header) => callback.header(header) !== undefined && callback.header(header) !== 'off',
  );
  const schemes = [
    ...said(SCHEME_HEADERS, SCHEME),
    ...standard('proto', SCHEME),
    ...secure.map((header) => ({ value: 'https', header })),
    ...visitor(callback.header('cf-visitor')),
  ];
  const hosts = [...said(HOST_HEADERS, HOST), ...standard('host', HOST)];
  const ports = said(['x-forwarded-port'], PORT);
  const prefixes = said(['x-forwarded-prefix', 'x-forwarded-path'], PATH);
  return {
    schemes: schemes.map(({ value, header }) => ({ value: value.toLowerCase(), header })),
    ports,
    hosts: hosts.flatMap((host) => [host, ...ports.map(({ value }) => ({ ...host, value: `${host.value}:${value}` }))]),
    paths: [
      ...said(PATH_HEADERS, PATH),
      ...prefixes.map(({ value, header }) => ({ value: value.replace(/\/$/, '') + callback.request.url, header })),
    ],
  };
}

function endsOf(list: string | undefined): readonly string[] {
  if (list === undefined) return [];
  const [first = '', ...others] = list
    .slice(0, LONGEST_LIST)
    .split(',')
    .map((each) => each.trim());
  return others.length === 0 ? [first] : [first, others.at(-1) as string];
}

const LONGEST_LIST = 2000;

/** Cloudflare's: `{"scheme":"https"}`. */
function visitor(header = ''): readonly Said[] {
  const [, value] = /"scheme"\s*:\s*"(https?)"/.exec(header) ?? [];
  return value === undefined ? [] : [{ value, header: 'cf-visitor' }];
}
