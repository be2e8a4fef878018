import type { Page } from '@call-status/core';
import type { PageQuery } from '@call-status/core/inbox';

/** The most rows that an inbox gives at once. */
const MOST_ROWS = 1000;

/** Some rows of a list. */
export interface Portion<Row> {
  readonly rows: readonly Row[];
  /** The cursor of what follows; absent at the end of the list. */
  readonly next: string | undefined;
}

/** How much of a list to read. */
export interface Extent {
  readonly cursor?: string | undefined;
  /** May be `Infinity`. */
  readonly limit: number;
}

/** Reads a list in portions that are full, but for the last: pages of an inbox may have few rows, or none. */
export async function* portionsOf<Row>(
  read: (page: PageQuery) => Promise<Page<Row>>,
  { cursor, limit }: Extent,
): AsyncGenerator<Portion<Row>> {
  let next = cursor;
  let left = limit;
  do {
    const wanted = Math.min(left, MOST_ROWS);
    const rows: Row[] = [];
    do {
      const page = await read({ limit: wanted - rows.length, ...(next !== undefined && { cursor: next }) });
      rows.push(...page.rows);
      next = page.next;
    } while (next !== undefined && rows.length < wanted);
    left -= rows.length;
    yield { rows, next };
  } while (next !== undefined && left > 0);
}

/** The rows of a list, one after the other. */
export async function* rowsOf<Row>(
  read: (page: PageQuery) => Promise<Page<Row>>,
  limit: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<Row> {
  for await (const { rows } of portionsOf(read, { limit })) yield* rows;
}
