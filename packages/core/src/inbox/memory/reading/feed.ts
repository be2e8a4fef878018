import type { AnyCallStatusEvent } from '../../../event.ts';
import { checkOptions } from '../../../rules/check-options.ts';
import type { FeedPage, FeedQuery } from '../../feed.ts';
import { feedCursor } from '../../rows/cursors.ts';
import type { KeptCalls } from '../calls/kept-calls.ts';
import type { Entry } from '../calls/serial-log.ts';
import { QUERIES, ROWS_PER_PAGE } from './pages.ts';

/** How many events are examined for one page, if those of one provider are wanted. */
const EXAMINED_PER_PAGE = 1000;

/**
 * A page of the feed. Events leave the inbox with their calls.
 *
 * @param last the number of the last event, or a higher one
 */
export function readFeed({ events, lastRemoved }: KeptCalls, query: FeedQuery, last: number): FeedPage {
  checkOptions('query', query, QUERIES.events);
  const { after, provider, limit = ROWS_PER_PAGE } = query;
  const cursorOf = (row: number): string => feedCursor.encode({ row, removed: lastRemoved });
  if (after === 'end') return { rows: [], next: cursorOf(last), missed: false };

  const { row, removed } = after === undefined ? { row: 0, removed: lastRemoved } : feedCursor.decode(after);
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
