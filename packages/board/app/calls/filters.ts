import type { Query } from '../shell/routes.ts';

/** A filter that is switched on or off. */
export interface Chip {
  readonly label: string;
  /** The name in the address and in the query of the server, and the value that switches it on. */
  readonly name: string;
  readonly value: string;
}

const ENDED = ['completed', 'busy', 'no-answer', 'failed', 'canceled'];

export const CHIPS: readonly Chip[] = [
  { label: 'live', name: 'state', value: 'live' },
  { label: 'ended', name: 'state', value: 'ended' },
  ...ENDED.map((status) => ({ label: status, name: 'status', value: status })),
  { label: 'unanswered', name: 'answered', value: 'false' },
  { label: 'stuck', name: 'stuck', value: 'true' },
  { label: 'conflict', name: 'conflict', value: 'true' },
  { label: 'dead', name: 'dead', value: 'true' },
];

/** Filters by a code, which charts lead to. */
const CODES = ['sip', 'error'] as const;

const NAMES = [...new Set(CHIPS.map(({ name }) => name)), ...CODES, 'search'];

/** All chips, and one for each code that the query has. */
export function chipsOf(query: Query): readonly Chip[] {
  return CHIPS.concat(
    CODES.filter((name) => query[name]).map((name) => ({
      label: `${name} ${query[name]}`,
      name,
      value: query[name] as string,
    })),
  );
}

export function isOn({ name, value }: Chip, query: Query): boolean {
  return query[name]?.split(',').includes(value) === true;
}

/** The values of the query after a click on the chip. Statuses add up, and no live call has one of these. */
export function toggle(chip: Chip, query: Query): Query {
  const { name, value } = chip;
  if (name !== 'status') {
    return { [name]: isOn(chip, query) ? '' : value, ...(value === 'live' && { status: '' }) };
  }
  const statuses = ENDED.filter((each) => (each === value) !== isOn({ ...chip, value: each }, query));
  return { status: statuses.join(','), ...(query['state'] === 'live' && { state: '' }) };
}

/** Values that switch all filters off. */
export const NO_FILTERS: Query = Object.fromEntries(NAMES.map((name) => [name, '']));

/** The fewest characters that the server searches for. */
export const LEAST_SEARCH = 3;

/** What the server filters by, besides the provider and the time. */
export function filtersOf(query: Query): Query {
  const values = NAMES.map((name) => [name, query[name] ?? ''] as const);
  return Object.fromEntries(
    values.filter(([name, value]) => (name === 'search' ? value.length >= LEAST_SEARCH : value !== '')),
  );
}
