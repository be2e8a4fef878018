import type { AnyCallStatusEvent } from '../event.ts';

/** Which part of the feed. */
export interface FeedQuery {
  /**
   * The `next` of the previous page, or the `cursor` of a row. `'end'`: only events recorded from now on.
   * @default the oldest event that is kept
   */
  readonly after?: string;
  /**
   * Where to begin without `after`: ISO 8601, or a `Date`. All events that were received at this time or later follow, and some that were
   * received before it.
   * @default the oldest event that is kept
   */
  readonly since?: string | Date;
  /** Only of this provider. */
  readonly provider?: string;
  /**
   * Rows on a page, 1 to 1000.
   * @default 50
   */
  readonly limit?: number;
}

/** One event in the feed. */
export interface FeedRow {
  /** Its place in the feed. */
  readonly cursor: string;
  /** The event as it was recorded. */
  readonly event: AnyCallStatusEvent;
}

/** A part of the feed. */
export interface FeedPage {
  /** In the order of recording, the oldest first. Duplicates are not recorded, so they do not appear. */
  readonly rows: readonly FeedRow[];
  /** Pass it as `after` to get what follows; always present, so that a reader can poll. */
  readonly next: string;
  /**
   * Whether events after the given cursor were removed before they were read, or the cursor is from after the end: the inbox was restored
   * from a backup that is older. `next` does not report it again.
   */
  readonly missed: boolean;
}
