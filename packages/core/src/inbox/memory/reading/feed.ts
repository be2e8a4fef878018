import type { AnyCallStatusEvent } from '../../../event.ts';
import { checkOptions } from '../../../rules/check-options.ts';
import type { FeedPage, FeedQuery } from '../../feed.ts';
import { feedCursor } from '../../rows/cursors.ts';
import type { KeptCalls } from '../calls/kept-calls.ts';
import type { Entry, SerialLog } from '../calls/serial-log.ts';
import { QUERIES, ROWS_PER_PAGE } from './pages.ts';

/** How many events are examined for one page, if those of one provider are wanted. */
const EXAMINED_PER_PAGE = 1000;

/** How many events are read at a time to find the first one since a time. */
const STEP = 1000;

/**
 * A page of the feed. Events leave the inbox with their calls.
 *
 * @param last the number of the last event, or a higher one
 */
export function readFeed({ events, lastRemoved }: KeptCalls, query: FeedQuery, last: number): FeedPage {
  checkOptions('query', query, QUERIES.events);
  const { after, since, provider, limit = ROWS_PER_PAGE } = query;
  const cursorOf = (row: number): string => feedCursor.encode({ row, removed: lastRemoved });
  if (after === 'end') return { rows: [], next: cursorOf(last), missed: false };

  const start = since === undefined ? 0 : lastBefore(events, new Date(since));
  const { row, removed } = after === undefined ? { row: start, removed: lastRemoved } : feedCursor.decode(after);
  if (row > last) return { rows: [], next: cursorOf(last), missed: true };
  const isOfProvider = ({ item }: Entry<AnyCallStatusEvent>): boolean =>
    provider === undefined || item.provider === provider;
  const count = provider === undefined ? limit : EXAMINED_PER_PAGE;
  const examined = events.after(row, count);
  const found = examined.filter(isOfProvider).slice(0, limit);
  // The page ends where reading stopped.
  const lastRead = found.length === limit ? found.at(-1) : examined[count - 1];
  return {
    rows: found.map(({ serial, item }) => ({ cursor: cursorOf(serial), event: item })),
    next: cursorOf(lastRead?.serial ?? last),
    missed: lastRemoved > Math.max(row, removed),
  };
}

/** The number of the last event before the first one that was received at a time or later. */
function lastBefore(events: SerialLog<AnyCallStatusEvent>, since: Date): number {
  const time = since.toISOString();
  let row = 0;
  for (let entries = events.after(row, STEP); entries.length > 0; entries = events.after(row, STEP)) {
    const first = entries.find(({ item }) => item.receivedAt >= time);
    if (first !== undefined) return first.serial - 1;
    row = (entries.at(-1) as Entry<AnyCallStatusEvent>).serial;
  }
  return row;
}
