/** The addresses of the page: `#/call/<key>?provider=acme`. */

const PAGES = ['calls', 'call', 'refused', 'dead', 'health'] as const;
export type PageName = (typeof PAGES)[number];

export interface Route {
  readonly page: PageName;
  /** Of the call, on its page. */
  readonly key: string;
  readonly query: Query;
}

export type Query = Readonly<Record<string, string>>;

/** An address that is not known leads to the calls. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  const [, name = '', key = ''] = path.split('/');
  const page = PAGES.find((known) => known === name) ?? 'calls';
  return {
    page: page === 'call' && key === '' ? 'calls' : page,
    key,
    query: Object.fromEntries(new URLSearchParams(search)),
  };
}

/** @example hrefOf('call', { provider: 'acme' }, 'YWNtZQ') // '#/call/YWNtZQ?provider=acme' */
export function hrefOf(page: PageName, query: Query = {}, key = ''): string {
  const path = page === 'calls' ? '' : page === 'call' ? `call/${key}` : page;
  const search = new URLSearchParams(query).toString();
  return `#/${path}${search && `?${search}`}`;
}

/** The query with other values; an empty one goes. */
export function withValues(query: Query, values: Query): Query {
  return Object.fromEntries(Object.entries({ ...query, ...values }).filter(([, value]) => value !== ''));
}

/** What stays when the visitor goes to another page. */
export function sharedQuery({ provider = '', range = '' }: Query): Query {
  return withValues({}, { provider, range });
}

const MINUTE = 60_000;

/** How far back lists and charts go. */
export const RANGES = [
  { name: '15m', label: '15 min', ms: 15 * MINUTE },
  { name: '1h', label: '1 hour', ms: 60 * MINUTE },
  { name: '24h', label: '24 hours', ms: 24 * 60 * MINUTE },
  { name: '7d', label: '7 days', ms: 7 * 24 * 60 * MINUTE },
  { name: '30d', label: '30 days', ms: 30 * 24 * 60 * MINUTE },
] as const;

const DEFAULT_RANGE = RANGES[2];

export type Range = (typeof RANGES)[number];

export function rangeOf(query: Query): Range {
  return RANGES.find(({ name }) => name === query['range']) ?? DEFAULT_RANGE;
}
