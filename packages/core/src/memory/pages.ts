import type { Page, PageQuery } from '../inbox.ts';
import { queryRules } from '../query-rules.ts';

const ROWS_PER_PAGE = 50;

/** What queries of a memory inbox have to be; a cursor is a serial number. */
export const QUERIES: ReturnType<typeof queryRules> = queryRules((cursor) => /^[1-9]\d{0,15}$/.test(cursor));

export function isWithin(time: number, since: number | undefined, until: number | undefined): boolean {
  return (since === undefined || time >= since) && (until === undefined || time < until);
}

/** One page of what is sorted by serial number, the cursor being the last number of the page before. */
export function newestFirst<Item extends { readonly serial: number }, Row>(
  ascending: readonly Item[],
  { cursor, limit = ROWS_PER_PAGE }: PageQuery,
  toRow: (item: Item) => Row,
): Page<Row> {
  const before = cursor === undefined ? Number.POSITIVE_INFINITY : Number(cursor);
  const found = ascending.filter(({ serial }) => serial < before).reverse();
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const rows = page.map(toRow);
  return last !== undefined && found.length > limit ? { rows, next: String(last.serial) } : { rows };
}
