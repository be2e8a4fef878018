/** The place of a row in an index of times. */
export interface Place {
  /** In milliseconds since 1970. */
  readonly at: number;
  /** The number of the row, for rows of the same time. */
  readonly row: number;
}

const TIME_CURSOR = /^(-?\d{1,16})-(\d{1,16})$/;

/** Cursors of lists that begin with the newest row: the time and the number of the last row on a page. */
export interface TimeCursor {
  /** Whether a text may be one. */
  readonly is: (text: string) => boolean;
  encode(place: Place): string;
  /** The place after which the page begins; without a cursor, the end of all times. */
  decode(cursor: string | undefined): Place;
}

/**
 * Cursors of lists that begin with the newest row.
 *
 * @example
 * ```ts
 * import { queryRules, timeCursor } from '@call-status/core/inbox';
 *
 * export const QUERIES = queryRules(timeCursor.is);
 * export const next: string = timeCursor.encode({ at: 1_767_225_600_000, row: 7 });
 * ```
 */
export const timeCursor: TimeCursor = {
  is: (text) => TIME_CURSOR.test(text),
  encode: ({ at, row }) => `${at}-${row}`,
  decode(cursor = '') {
    const [, at = Number.MAX_SAFE_INTEGER, row = 0] = TIME_CURSOR.exec(cursor)?.map(Number) ?? [];
    return { at, row };
  },
};

/** A place in the feed. */
export interface FeedPlace {
  /** The number of the last event that was read or passed over. */
  readonly row: number;
  /** The highest number of a removed event that the reader need not be told about. */
  readonly removed: number;
}

const FEED_CURSOR = /^(\d{1,16})-(\d{1,16})$/;

/** Cursors of the feed. */
export interface FeedCursor {
  /** Whether a text may be one. */
  readonly is: (text: string) => boolean;
  encode(place: FeedPlace): string;
  /** The place after which the page begins. */
  decode(cursor: string): FeedPlace;
}

/**
 * Cursors of the feed. A page has `missed` if the highest number of a removed event is above both parts of its cursor; the cursors of its
 * rows and its `next` carry that number, so that it is reported once. The first page and `end` begin with that number. A cursor above the
 * last event and the highest removed one is from before a restored backup: the page is empty, has `missed`, and its `next` is the end.
 *
 * @example
 * ```ts
 * import { feedCursor } from '@call-status/core/inbox';
 *
 * export function hasMissed(after: string, highestRemoved: number): boolean {
 *   const { row, removed } = feedCursor.decode(after);
 *   return highestRemoved > Math.max(row, removed);
 * }
 * ```
 */
export const feedCursor: FeedCursor = {
  is: (text) => FEED_CURSOR.test(text),
  encode: ({ row, removed }) => `${row}-${removed}`,
  decode(cursor) {
    const [row = 0, removed = 0] = cursor.split('-').map(Number);
    return { row, removed };
  },
};
