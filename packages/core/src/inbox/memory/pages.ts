import type { Page, PageQuery } from '../inbox.ts';
import { queryRules, type TimeRange } from '../query-rules.ts';

const ROWS_PER_PAGE = 50;

/** The rules of queries; a cursor is a serial number. */
export const QUERIES: ReturnType<typeof queryRules> = queryRules((cursor) => /^[1-9]\d{0,15}$/.test(cursor));

export function isWithin(time: string, { sinceMs, untilMs }: TimeRange): boolean {
  const ms = Date.parse(time);
  return ms >= sinceMs && ms < untilMs;
}

/** One page of the items that match. The cursor is the serial number of the last row on the page before. */
export function pageOf<Item extends { readonly serial: number }, Row>(
  newestFirst: Iterable<Item>,
  { cursor, limit = ROWS_PER_PAGE }: PageQuery,
  matches: (item: Item) => boolean,
  toRow: (item: Item) => Row,
): Page<Row> {
  const before = cursor === undefined ? Number.POSITIVE_INFINITY : Number(cursor);
  const rows: Row[] = [];
  let last = 0;
  for (const item of newestFirst) {
    if (item.serial >= before || !matches(item)) continue;
    if (rows.length === limit) return { rows, next: String(last) };
    rows.push(toRow(item));
    last = item.serial;
  }
  return { rows };
}
