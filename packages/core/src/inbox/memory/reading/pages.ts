import { setImmediate } from '../../../timer.ts';
import type { Page, PageQuery } from '../../inbox.ts';
import { queryRules, type TimeRange } from '../../query-rules.ts';
import type { Entry, SerialLog } from '../calls/serial-log.ts';

export const ROWS_PER_PAGE = 50;

/** How many items are examined without a pause, so that a long list does not block requests. */
const STEP = 100;

/** How many items are examined for one page. */
const EXAMINED_PER_PAGE = 10_000;

/** The rules of queries. A cursor is a serial number; in the feed, one of an event and one of a removed event. */
export const QUERIES: ReturnType<typeof queryRules> = queryRules((cursor) => /^\d{1,16}(-\d{1,16})?$/.test(cursor));

export function isWithin(time: string, { sinceMs, untilMs }: TimeRange): boolean {
  const ms = Date.parse(time);
  return ms >= sinceMs && ms < untilMs;
}

/** One page of the items that match, newest first. The cursor is the serial number of the last item that was examined. */
export async function pageOf<Item, Row>(
  log: SerialLog<Item>,
  { cursor, limit = ROWS_PER_PAGE }: PageQuery,
  matches: (item: Item) => boolean,
  toRow: (item: Item) => Row,
): Promise<Page<Row>> {
  const rows: Row[] = [];
  let before = cursor === undefined ? Number.POSITIVE_INFINITY : Number.parseInt(cursor, 10);
  let examined = 0;
  for await (const entries of inSteps(log, before)) {
    for (const { item, serial } of entries) {
      if (rows.length === limit || examined === EXAMINED_PER_PAGE) return { rows, next: String(before) };
      before = serial;
      examined++;
      if (matches(item)) rows.push(toRow(item));
    }
  }
  return { rows };
}

/** All items, newest first, with pauses in which requests are served. */
export async function* inSteps<Item>(
  log: SerialLog<Item>,
  before: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly Entry<Item>[]> {
  let from = before;
  for (;;) {
    const entries = log.before(from, STEP);
    yield entries;
    if (entries.length < STEP) return;
    from = (entries.at(-1) as Entry<Item>).serial;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
