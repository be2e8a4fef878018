import { type Page, type PageQuery, queryRules } from '@call-status/core';
import type { Row } from './database/engine.ts';
import { LAST, type Place } from './store/rows.ts';
import { setImmediate } from './timers.ts';

const PAGE_ROWS = 50;

/** A long page must not keep requests waiting. */
const STEP_ROWS = 25;

/** The time and the row of the last on a page. */
const CURSOR = /^(-?\d{1,16})-(\d{1,16})$/;

/** What the queries have to be. */
export const QUERIES: ReturnType<typeof queryRules> = queryRules((cursor) => CURSOR.test(cursor));

/**
 * Reads a page, newest first, in steps between which requests are served.
 *
 * @param time the column that it is sorted by
 * @param read reads some rows from a place on
 * @param stepRows how many rows are read without a pause
 */
export async function readPage<Item>(
  { cursor, limit = PAGE_ROWS }: PageQuery,
  time: string,
  read: (before: Place, limit: number) => Promise<Row[]>,
  toItem: (row: Row) => Item,
  stepRows: number = STEP_ROWS,
): Promise<Page<Item>> {
  const [, at = LAST.at, row = LAST.row] = CURSOR.exec(cursor ?? '')?.map(Number) ?? [];
  let place: Place = { at, row };
  const items: Item[] = [];
  for (;;) {
    const wanted = Math.min(stepRows, limit - items.length);
    // One more shows whether there is another page.
    const rows = await read(place, wanted + 1);
    items.push(...rows.slice(0, wanted).map(toItem));
    const last = rows[wanted - 1];
    if (rows.length <= wanted || last === undefined) return { rows: items };
    place = { at: last[time], row: last['id'] };
    if (items.length === limit) return { rows: items, next: `${place.at}-${place.row}` };
    await aTurn();
  }
}

/** Runs what reads in steps, and lets requests be served between them. */
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
