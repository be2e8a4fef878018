import type { CallStatus } from '../event.ts';
import type { ExpectedDetails, WatchReason } from '../notice.ts';
import type { Page, PageQuery } from './queries.ts';

export type { ExpectedDetails, WatchReason } from '../notice.ts';

/**
 * Calls that someone should look after: those that the application expects, and live ones that have been silent for too long. One process
 * at a time checks them, the leader.
 *
 * A watch is removed with its call, by `forgetCall` and by retention; without a recorded call, after seven times the retention.
 *
 * Operations on watches are apart from those on events, and have an order only if each is awaited: a `forgetCall` may overtake an `add`.
 */
export interface Watches {
  /** Adds calls. Those that are watched already stay as they are. Resolves to how many were added. */
  add(watches: readonly NewWatch[]): Promise<number>;
  /** One watched call, or `undefined`. */
  get(call: WatchedCall): Promise<Watch | undefined>;
  /** Watched calls, newest first. */
  list(query?: WatchQuery): Promise<Page<Watch>>;
  /** Watches whose next check is due, the one that has waited longest first. */
  due(request: { readonly limit: number }): Promise<DueWatches>;
  /** Stores what a check found. Resolves to `false`, and changes nothing, if the watch has changed since it was read, or is gone. */
  update(watch: WatchKey, update: WatchUpdate): Promise<boolean>;
  /** Ends the watch. Resolves to `false` if it has changed since it was read, or is gone. */
  remove(watch: WatchKey): Promise<boolean>;
  /**
   * Makes a process the leader for a time, if there is no other. The leader calls it again to remain so; with `leaseMs: 0` it resigns.
   * Resolves to whether the process is the leader now.
   */
  lead(owner: string, leaseMs: number): Promise<boolean>;
}

/** What identifies a call. */
export interface WatchedCall {
  /** The provider that makes the call. */
  readonly provider: string;
  /** The tenant of the call, if one receiver serves several. */
  readonly tenant?: string;
  /** The provider's id for the call. */
  readonly callId: string;
}

/** What identifies a watch, as it was read. */
export interface WatchKey extends WatchedCall {
  /** Increases with each change. */
  readonly revision: number;
}

/** A call to watch. */
export interface NewWatch extends WatchedCall {
  /** Milliseconds until its first check. At most a hundred years count, and one that is not a number is zero. */
  readonly dueInMs: number;
  /** What the application knows about a call that it expects; absent for a live call that is silent. */
  readonly expected?: ExpectedDetails;
  /**
   * Since when it is watched, for one that comes from another inbox: ISO 8601, UTC.
   * @default now
   */
  readonly since?: string;
  /**
   * What checks found so far, for one that comes from another inbox.
   * @default nothing
   */
  readonly progress?: WatchProgress;
}

/** A watched call. */
export interface Watch extends WatchKey {
  /** Since when it is watched: ISO 8601, UTC. For an expected call, when the application said so. */
  readonly since: string;
  /** When it is checked next. */
  readonly dueAt: string;
  /** What the application knows about a call that it expects. */
  readonly expected?: ExpectedDetails;
  /** The call as its events tell it; absent if none was recorded. */
  readonly call?: WatchedState;
  /** What the checks found so far. */
  readonly progress: WatchProgress;
}

/** How far a watched call has come. */
export interface WatchedState {
  /** The furthest status that it reached. */
  readonly status: CallStatus;
  /** Whether it has ended. */
  readonly terminal: boolean;
  /** When its last event was received: ISO 8601, UTC. */
  readonly lastEventAt: string;
}

/** What the checks of a call found so far. Plain JSON, at most 4 kB. */
export interface WatchProgress {
  /** How often the provider was asked. */
  readonly asked: number;
  /** Which notices were delivered. */
  readonly told: readonly WatchReason[];
  /** The notice that could not be delivered at any attempt, with the text of its last error. */
  readonly failed?: { readonly reason: WatchReason; readonly error: string };
  /** How often the present notice failed. */
  readonly failures: number;
  /** Handlers of the present notice that finished and are not called again. */
  readonly doneHandlers?: readonly string[];
  /** When the call last showed a sign of life: an event, or the provider's word that it goes on. ISO 8601, UTC. */
  readonly aliveAt?: string;
  /** How often the provider said that the call has ended, but not all of its figures. */
  readonly unsettled?: number;
  /** The last time that someone had the provider asked at once: see {@link requestReconcile}. */
  readonly request?: ReconcileRequest;
}

/** A request to ask a provider about a call now, and what came of it. */
export interface ReconcileRequest {
  /** When it was made: ISO 8601, UTC. */
  readonly at: string;
  /** When it would have been checked otherwise; absent if it was not watched. */
  readonly checkAt?: string;
  /** Why no event was recorded; absent as long as the provider has still to be asked. */
  readonly result?: ReconcileResult;
  /** The status of the provider's answer, if it was an error and there was an answer. */
  readonly httpStatus?: number;
}

/**
 * Why nothing was recorded when a provider was to be asked about a call.
 *
 * - `unchanged`: it knows no more than what was recorded.
 * - `not_found`: it knows no such call.
 * - `unknown`: its answer says nothing about the call.
 * - `failed`: its API did not answer, or not with success.
 * - `no_api`: there is no known way to ask this provider.
 * - `no_credentials`: no credentials for its API were given.
 * - `invalid_id`: no call of this provider has such an id, so it was not sent.
 */
export type ReconcileResult =
  | 'unchanged'
  | 'not_found'
  | 'unknown'
  | 'failed'
  | 'no_api'
  | 'no_credentials'
  | 'invalid_id';

/** What to store after a check. */
export interface WatchUpdate {
  /** Milliseconds until the next check, limited as for a new watch. */
  readonly dueInMs: number;
  /** Replaces the progress. */
  readonly progress: WatchProgress;
}

/** Watches to check now. */
export interface DueWatches {
  /** The watches. */
  readonly rows: readonly Watch[];
  /** Milliseconds until the next one is due; absent if there is none. */
  readonly nextInMs?: number;
}

/** What is the matter with a watched call. See {@link WatchQuery}. */
export type WatchState = 'expected' | 'missing' | 'stuck' | 'failed';

/** Which watched calls. */
export interface WatchQuery extends PageQuery {
  /** Only of this provider. */
  readonly provider?: string;
  /**
   * - `expected`: expected calls without an event.
   * - `missing`: those of them for which a notice was delivered or has failed.
   * - `stuck`: live calls for which a notice `stuck` or `not_ended` was delivered or has failed.
   * - `failed`: those with a notice that could not be delivered.
   */
  readonly state?: WatchState;
}
