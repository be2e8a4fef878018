import type { Page, PageQuery } from './queries.ts';

/** The most rows that an inbox gives at once. */
const MOST_ROWS = 1000;

/** Some rows of a list. */
export interface Portion<Row> {
  /** In the order of the list. */
  readonly rows: readonly Row[];
  /** The cursor of what follows; absent at the end of the list. */
  readonly next: string | undefined;
}

/** How much of a list to read. */
export interface Extent {
  /** Where to begin. @default the beginning of the list */
  readonly cursor?: string | undefined;
  /** How many rows; may be `Infinity`. */
  readonly limit: number;
}

/**
 * Reads a list in portions that are full, but for the last: pages of an inbox may have few rows, or none. A portion has at most 1000 rows.
 *
 * @example
 * ```ts
 * import type { Inbox } from '@call-status/core';
 * import { portionsOf } from '@call-status/core/inbox';
 *
 * export async function countLive(inbox: Inbox): Promise<number> {
 *   let count = 0;
 *   const list = (page: object) => inbox.listCalls({ state: 'live', ...page });
 *   for await (const { rows } of portionsOf(list, { limit: Infinity })) count += rows.length;
 *   return count;
 * }
 * ```
 */
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

/**
 * The rows of a list, one after the other.
 *
 * @param limit how many at most. @default all
 * @example
 * ```ts
 * import type { Inbox } from '@call-status/core';
 * import { rowsOf } from '@call-status/core/inbox';
 *
 * export async function logDead({ deadLetters }: Inbox): Promise<void> {
 *   for await (const { event, error } of rowsOf((page) => deadLetters.list(page))) console.log(event.id, error);
 * }
 * ```
 */
export async function* rowsOf<Row>(
  read: (page: PageQuery) => Promise<Page<Row>>,
  limit: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<Row> {
  for await (const { rows } of portionsOf(read, { limit })) yield* rows;
}
