import type { Page } from '@call-status/core';
import { feedCursor, type PageQuery, type Place, queryRules, timeCursor } from '@call-status/core/inbox';
import type { Row } from './database/engine.ts';
import { setImmediate } from './timers.ts';

const PAGE_ROWS = 50;

/** How many rows are read without a pause, so that a long page does not block requests. */
const STEP_ROWS = 25;

/** The rules for queries. */
export const QUERIES: ReturnType<typeof queryRules> = queryRules((cursor) => timeCursor.is(cursor));

/** The rules for the feed, whose cursors are of another kind. */
export const FEED_QUERIES: ReturnType<typeof queryRules>['events'] = queryRules((cursor) =>
  feedCursor.is(cursor),
).events;

/**
 * Reads a page, newest first, in steps between which requests are served.
 *
 * @param time the column that the rows are sorted by
 * @param read reads rows, starting after a place
 * @param stepRows how many rows are read without a pause
 */
export async function readPage<Item>(
  { cursor, limit = PAGE_ROWS }: PageQuery,
  time: string,
  read: (before: Place, limit: number) => Promise<Row[]>,
  toItem: (row: Row) => Item,
  stepRows: number = STEP_ROWS,
): Promise<Page<Item>> {
  let place = timeCursor.decode(cursor);
  const items: Item[] = [];
  for (;;) {
    const wanted = Math.min(stepRows, limit - items.length);
    // One more shows whether there is another page.
    const rows = await read(place, wanted + 1);
    items.push(...rows.slice(0, wanted).map(toItem));
    const last = rows[wanted - 1];
    if (rows.length <= wanted || last === undefined) return { rows: items };
    place = { at: last[time], row: last['id'] };
    if (items.length === limit) return { rows: items, next: timeCursor.encode(place) };
    await aTurn();
  }
}

/** Runs a generator that reads in steps, between which requests are served. */
export async function readSteps<Result>(steps: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await aTurn();
  }
}

function aTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
