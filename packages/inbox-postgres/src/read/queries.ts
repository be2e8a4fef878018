import { feedCursor, queryRules, timeCursor } from '@call-status/core/inbox';

/** Rows on a page, if a query does not say how many. */
export const PAGE_ROWS = 50;

/** The rules for queries with cursors of times. */
export const QUERIES: ReturnType<typeof queryRules> = queryRules((text) => timeCursor.is(text));

/** The rules for queries of the feed. */
export const FEED_QUERY: ReturnType<typeof queryRules>['events'] = queryRules((text) => feedCursor.is(text)).events;
