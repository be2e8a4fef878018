import type { StatsPage } from '../../src/api/types.ts';
import { formatCount, formatPercent } from '../shared/format.ts';
import type { Query } from '../shell/routes.ts';
import { formatSeconds } from './figures.ts';
import type { Buckets, Series } from './series.ts';

type Row = StatsPage['rows'][number];

/** The outcomes of calls, in the order in which they are stacked. */
export const OUTCOMES = ['completed', 'no-answer', 'busy', 'canceled', 'failed'] as const;

/** All buckets, those without calls too. */
export function bucketsOf({ since, until, bucketMs }: Pick<StatsPage, 'since' | 'until' | 'bucketMs'>): Buckets {
  const from = Date.parse(since);
  const end = Date.parse(until);
  const count = Math.max(1, Math.ceil((end - from) / bucketMs));
  return {
    starts: Array.from({ length: count }, (_, index) => from + index * bucketMs),
    bucketMs,
    partial: from + count * bucketMs > end,
  };
}

/** How many calls ended how, and the share of those that were answered, in percent. */
export function outcomesOf(page: StatsPage): { readonly outcomes: readonly Series[]; readonly answered: Series } {
  const { starts } = bucketsOf(page);
  const calls = new Map<string, (number | undefined)[]>();
  const answered = starts.map(() => 0);
  const known = starts.map(() => 0);
  for (const row of page.rows) {
    const index = indexOf(row, page);
    const values = calls.get(row.group ?? '') ?? [];
    values[index] = row.calls;
    calls.set(row.group ?? '', values);
    answered[index] = (answered[index] ?? 0) + row.answered;
    known[index] = (known[index] ?? 0) + row.answerKnown;
  }
  return {
    outcomes: OUTCOMES.filter((status) => calls.has(status)).map((status) => ({
      name: status,
      tone: `tone-${status}`,
      values: starts.map((_, index) => calls.get(status)?.[index]),
      format: formatCount,
      summary: sum(calls.get(status) ?? []),
      filters: { status },
    })),
    answered: {
      name: 'answered',
      tone: 'tone-rate',
      values: starts.map((_, index) => (known[index] ? (100 * (answered[index] ?? 0)) / known[index] : undefined)),
      format: formatPercent,
      summary: sum(known) > 0 ? (100 * sum(answered)) / sum(known) : undefined,
    },
  };
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

/** One figure over time. */
export function figureOf(page: StatsPage, pick: (row: Row) => number | undefined): Series['values'] {
  const values: (number | undefined)[] = bucketsOf(page).starts.map(() => undefined);
  for (const row of page.rows) values[indexOf(row, page)] = pick(row);
  return values;
}

/** How many calls have something in common. */
export interface Bar {
  readonly name: string;
  readonly count: number;
  /** The filters that list these calls. */
  readonly filters?: Query;
}

/** How many calls were how long. */
export function durationsOf({ durationBounds, rows }: Pick<StatsPage, 'durationBounds' | 'rows'>): readonly Bar[] {
  return [...durationBounds, 0].map((end, bar) => {
    const from = durationBounds[bar - 1];
    const [first, last] = [from && formatSeconds(from), end && formatSeconds(end)];
    const name = !first ? `under ${last}` : last ? `${first} – ${last}` : `${first} or more`;
    return { name, count: sum(rows.map(({ durationSeconds }) => durationSeconds?.histogram[bar])) };
  });
}

/** The codes that mean failure, of SIP responses or of providers' errors: the most frequent first, at most `most`. */
export function failuresOf(page: StatsPage, name: 'sip' | 'error', most = 8): readonly Bar[] {
  const counts = new Map<string, number>();
  for (const { group, calls } of page.rows) {
    if (group !== undefined && (name === 'error' || Number(group) >= 400))
      counts.set(group, (counts.get(group) ?? 0) + calls);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([code, count]) => ({ name: code, count, filters: { state: 'ended', [name]: code } }));
}

function indexOf({ from }: Row, { since, bucketMs }: StatsPage): number {
  return Math.round((Date.parse(from) - Date.parse(since)) / bucketMs);
}
