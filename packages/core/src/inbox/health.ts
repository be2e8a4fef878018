/** How many calls and events an inbox has. */
export interface InboxCounts {
  /** Calls that have not ended. */
  readonly live: number;
  /** Calls that have ended. */
  readonly ended: number;
  /** Events that wait: for a worker, a retry, or an earlier event of their call. */
  readonly waiting: number;
  /** Events that a worker has now. */
  readonly running: number;
  /** Events that are dead letters. */
  readonly dead: number;
}

/** How many jobs an inbox has, by what they wait for, and whether it can be written. */
export interface InboxHealth {
  /** Events that a worker could take now, suspects included. */
  readonly due: number;
  /** Since when the oldest of them has been due: ISO 8601, UTC; absent if there is none. */
  readonly oldestDueAt?: string;
  /** How long the oldest of them has been due, in milliseconds by the store's clock; 0 if there is none. */
  readonly lagMs: number;
  /** Events that failed or were interrupted, and wait for their retry. They are not a backlog. */
  readonly retrying: number;
  /** When the first of them is due: ISO 8601, UTC; absent if there is none. */
  readonly nextRetryAt?: string;
  /** Events that wait for an earlier event of their call. */
  readonly blocked: number;
  /** Events that a worker has now. */
  readonly running: number;
  /** Events that are dead letters. */
  readonly dead: number;
  /** Calls that have not ended. This and the next two are up to ten seconds old where there are more than 10,000 in PostgreSQL. */
  readonly live: number;
  /** Live calls without an event for ten minutes; counted up to 1000. */
  readonly silent: number;
  /** The live calls of each provider that has any, by name. */
  readonly providers: readonly ProviderHealth[];
  /** Rejected callbacks. */
  readonly refused: RefusedHealth;
  /** Calls that someone should look at; counted up to 1000. */
  readonly watches: WatchHealth;
  /** What this process knows about writing. Reading proves nothing about a full disk. */
  readonly store: StoreHealth;
  /** The workers that reported during the last minute. */
  readonly workers: readonly WorkerHealth[];
}

/** Rejected callbacks, as an inbox keeps and counts them. */
export interface RefusedHealth {
  /** How many rows are kept: one for those of one second that are alike. */
  readonly kept: number;
  /** How many callbacks of the last 24 hours the kept rows stand for. The oldest rows make room for new ones, so there may have been more. */
  readonly lastDay: number;
  /** How many callbacks were only counted, because there were too many at a time. */
  readonly uncounted: number;
}

/** The live calls of one provider. */
export interface ProviderHealth {
  /** The provider's name. */
  readonly provider: string;
  /** Calls that have not ended. */
  readonly live?: number;
  /** Live calls without an event for ten minutes; counted up to 1000. */
  readonly silent: number;
}

/** Watched calls, by the `state` with which a `WatchQuery` lists them. */
export interface WatchHealth {
  /** Expected calls without a callback, for which a notice was delivered or has failed. */
  readonly missing: number;
  /** Live calls that are stuck, for which a notice was delivered or has failed. */
  readonly stuck: number;
  /** Calls with a notice that could not be delivered. */
  readonly failed: number;
}

/** Whether the store can be written, as seen by this process. */
export interface StoreHealth {
  /** Whether it can be written; absent if this process has not written, and does not know. */
  readonly writable?: boolean;
  /**
   * What shows it, in a database: the last `'write'` of this process; or, if it has not written for ten seconds, a `'connection'` to a server
   * that accepts writes, which proves nothing about a full disk.
   */
  readonly writableBy?: 'write' | 'connection';
  /** When this process last committed: ISO 8601, UTC. */
  readonly lastCommitAt?: string;
  /** How long recent commits took, in milliseconds. */
  readonly commitMs?: { readonly p50: number; readonly p99: number };
  /** How much space the store takes, in bytes, if that can be read cheaply. */
  readonly bytes?: number;
  /** How much of it is a log that is not merged into the file yet, where there is one. */
  readonly walBytes?: number;
}

/** What a check of a store found. */
export interface StoreCheck {
  /** The version of its tables. */
  readonly version: number;
  /** The version that this release needs. */
  readonly needed: number;
  /** What is damaged or missing, one sentence each; empty if nothing is. */
  readonly problems: readonly string[];
}

/** What a worker does now. */
export interface WorkerLoad {
  /** How many events it has now. */
  readonly running: number;
  /** How many events it handles at a time. */
  readonly concurrency: number;
  /** For how long the oldest of them has been running, in milliseconds; 0 if there is none. */
  readonly oldestRunningMs: number;
}

/** What a worker reports about itself, every 15 seconds. */
export interface WorkerReport extends WorkerLoad {
  /** Its name, unique among all workers. */
  readonly owner: string;
  /** The version of call-status. */
  readonly version: string;
  /** The kinds of its handlers, such as `onCompleted`. */
  readonly handlers: readonly string[];
}

/** A worker, as an inbox knows it. */
export interface WorkerHealth extends WorkerReport {
  /** When it last reported: ISO 8601, UTC. */
  readonly lastSeenAt: string;
}
