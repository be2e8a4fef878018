/** Which ended calls to count, and how to group them. */
export interface StatsQuery {
  /** Calls that ended at this time or later: ISO 8601, or a `Date`. */
  readonly since: string | Date;
  /**
   * Calls that ended before this time: ISO 8601, or a `Date`.
   * @default now
   */
  readonly until?: string | Date;
  /** The length of a bucket, in milliseconds, at least 1000. The first one begins at `since`; there are at most 1000. */
  readonly bucketMs: number;
  /** Rows for each value of this, too. */
  readonly by?: StatsGroup;
  /** Only of this provider. */
  readonly provider?: string;
}

/** What ended calls can be grouped by: `sip` is the response code, `error` the provider's error code. */
export type StatsGroup = 'provider' | 'status' | 'direction' | 'sip' | 'error';

/** Where the bars of {@link StatsRow} `durationSeconds.histogram` end, in seconds: each is two or three times the one before. */
export const DURATION_BOUNDS: readonly number[] = [5, 15, 30, 60, 120, 300, 600, 1800, 3600];

/** The ended calls of one bucket, and of one group if the query has `by`. Buckets without calls have no row. */
export interface StatsRow {
  /** When the bucket begins: ISO 8601, UTC. */
  readonly from: string;
  /** Whether the bucket has not ended yet, or reaches past `until`. */
  readonly partial: boolean;
  /** The value of the group; absent without `by`, and for calls that have no such value. */
  readonly group?: string;
  /** How many calls ended. */
  readonly calls: number;
  /** How many of them were answered. */
  readonly answered: number;
  /** How many of them are known to have been answered or not. */
  readonly answerKnown: number;
  /** The lengths of the calls that have one. Absent if none has. */
  readonly durationSeconds?: {
    readonly sum: number;
    readonly p50: number;
    readonly p90: number;
    /** How many calls were shorter than each of {@link DURATION_BOUNDS}, and no shorter than the one before. The last: all longer ones. */
    readonly histogram: readonly number[];
  };
  /** How long the answered calls rang, in milliseconds. Absent if it is known of none. */
  readonly ringMs?: { readonly p50: number; readonly p90: number };
  /** The mean opinion scores of the calls that have one. Absent if none has. */
  readonly mos?: { readonly count: number; readonly avg: number; readonly p10: number; readonly p50: number };
}
