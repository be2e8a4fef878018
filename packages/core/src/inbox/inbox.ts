import type { Call } from '../call.ts';
import type { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent, TerminalStatus, Transition } from '../event.ts';
import type { CallQuery, CallSummary, DeadLetters, InboxCounts, InboxHealth, Page } from './queries.ts';

export type {
  CallQuery,
  CallSummary,
  DeadLetter,
  DeadLetterQuery,
  DeadLetters,
  InboxCounts,
  InboxHealth,
  Page,
  PageQuery,
} from './queries.ts';

/**
 * The contract of an inbox, which records an accepted event before the 200 is sent. It drops duplicates, keeps the events of each call in
 * order, and hands out jobs. Several processes and hosts may share it.
 *
 * Guarantees of every inbox:
 * - When `record` resolves, the event is stored as durably as the inbox can store it, and its transition has been decided in the same
 *   transaction.
 * - An event id is recorded once.
 * - A call is identified by provider, tenant and call id.
 * - The jobs of one call are handed out one at a time, in the order of recording, even across retries. Calls do not wait for each other.
 * - A job whose lease ended without a result is a suspect: it is handed out again, but only to a worker that asks for suspects.
 * - A lease is lost once another take has the event. Until then, `finish`, `fail` and `release` count, even after the lease has ended.
 * - A result that is reported twice with the same lease counts once and gets the same answer.
 * - Operations take effect in the order in which they are called, even if none of them is awaited. One that fails does not fail others.
 * - A call with unfinished jobs or a dead letter is kept. An ended call is removed after the retention without a new event, a live call
 *   after seven times the retention.
 * - An invalid query rejects with `invalid_options`, by the same rules in every inbox: see `queryRules`.
 * - Arguments are never changed, and results are plain data.
 *
 * A rejected write may have taken effect if only its answer was lost; repeating it is safe. The inbox decides by its own clock what is due
 * and when a lease ends: only durations cross this interface, in milliseconds.
 */
export interface Inbox {
  /** Whether recorded events survive the process. If not, a receiver that closes handles what it can first. */
  readonly durable: boolean;
  /**
   * Opens the store, so that a wrong path or password shows before the first callback. Safe to call again, even after it failed.
   * Only the service itself passes `create: true`, which creates a store that does not exist yet.
   */
  ready?(options?: ReadyOptions): void | Promise<void>;
  /**
   * Records an event and decides its `transition`. It does not change the event: the caller makes `{ ...event, transition }`.
   * Rejects if it cannot confirm that the event is recorded. The event may have been recorded; recording it again then finds a duplicate.
   */
  record(event: NewEvent): Promise<Recorded>;
  /** Takes due jobs, at most one of each call. May return fewer than requested; `more` says whether to ask again. */
  take(request: TakeRequest): Promise<Taken>;
  /** Extends leases. Resolves to those that are lost. */
  renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]>;
  /**
   * Records that the handlers of a suspect are about to start. If this take ends without a result, it counts as an interruption, and the
   * job is due again `retryInMs` after its lease ended. `lost` also if the lease has ended.
   */
  begin(lease: Lease, interruption: { readonly retryInMs: number }): Promise<Outcome>;
  /** The event is handled. */
  finish(lease: Lease): Promise<Outcome>;
  /** The attempt failed: try again later, or never. */
  fail(lease: Lease, failure: Failure): Promise<Outcome>;
  /** Returns a job untouched, for another worker; the take does not count. With `retryInMs`, it is due after that time. */
  release(lease: Lease, options?: { readonly retryInMs?: number }): Promise<Outcome>;
  /**
   * Calls the listener when a job may be due sooner than the last `take` said: there is a new event, or the next event of a call whose job
   * has left its worker. This is only a hint, which may be missed. Returns a function that removes the listener.
   */
  onJobs(listener: () => void): () => void;
  /** Events that no attempt could handle. */
  readonly deadLetters: DeadLetters;
  /** One call with its events, or `undefined`. */
  getCall(provider: string, callId: string, tenant?: string): Promise<Call | undefined>;
  /** Calls, newest first. */
  listCalls(query?: CallQuery): Promise<Page<CallSummary>>;
  /** How many calls and events there are. Cheap, however many there are. */
  counts(): Promise<InboxCounts>;
  /** For health checks: how many jobs wait, for what, and for how long. Exact, and cheap however many there are. */
  health(): Promise<InboxHealth>;
  /**
   * Ends a live call whose last callback never came. No handler runs. Later callbacks are treated as after any terminal status: the same
   * status is a `repeat`, another terminal one a `conflict`, any other `late`. Resolves to `false` if there is no such live call. Rejects
   * with `invalid_options` if the status does not end a call.
   */
  endCall(provider: string, callId: string, end: CallEnd): Promise<boolean>;
  /**
   * Erases a call, live or ended, with its events, jobs and dead letters; running jobs lose their lease. The ids of its events stay known
   * for seven days as SHA-256 hashes, so that a redelivery is still a duplicate. Another event of the call begins a new call.
   * Resolves to `false` if there is no such call.
   */
  forgetCall(provider: string, callId: string, tenant?: string): Promise<boolean>;
  /** Closes the store. Stop workers first. Safe to call twice. */
  close(): Promise<void>;
}

/** How to open a store. */
export interface ReadyOptions {
  /**
   * Whether to create a store that does not exist yet.
   * @default false
   */
  readonly create?: boolean;
  /** Called with warnings that an operator should see although nothing failed. Without it, the inbox uses `process.emitWarning`. */
  readonly onWarning?: (warning: CallStatusError) => void;
}

/**
 * An event on its way into the inbox, which decides its transition. It may have a key `transition` with the value `undefined`, so spread the
 * event first: `{ ...event, transition }`.
 */
export type NewEvent = Omit<AnyCallStatusEvent, 'transition'>;

/** The result of recording an event. */
export interface Recorded {
  /** `duplicate` if the event id is known. */
  readonly transition: Transition;
  /** Whether the event is already handled or a dead letter; only possible for a duplicate. */
  readonly done: boolean;
}

/**
 * How an inbox answers a result.
 *
 * - `done`: it counts, even if an earlier call with the same lease already stored it.
 * - `lost`: it does not count. Another take has the event, it was released, or its call was removed.
 * - `gone`: the event no longer has a job, and the inbox no longer knows which take ended it.
 */
export type Outcome = 'done' | 'lost' | 'gone';

/** Which jobs a worker asks for. */
export interface TakeRequest {
  /** The maximum number of jobs to return. */
  readonly limit: number;
  /** How long the leases last, in milliseconds. */
  readonly leaseMs: number;
  /** The name of the worker, for people who inspect the store. */
  readonly owner: string;
  /** The maximum number of jobs of each provider; may be 0. For other providers, only `limit` applies. */
  readonly limits?: Readonly<Record<string, number>>;
  /**
   * `true`: one suspect if one is due, and nothing else.
   * @default false: no suspects
   */
  readonly suspect?: boolean;
}

/** The jobs that a worker received. */
export interface Taken {
  /** The jobs, which belong to the worker until their leases end; at most one per call. */
  readonly jobs: readonly Job[];
  /** Milliseconds until the next job becomes due (a retry, a lease that ends); absent if none will. */
  readonly nextInMs?: number;
  /** Whether a suspect is due that was not taken. */
  readonly suspects: boolean;
  /** Whether other jobs may be due that were not taken because of a limit. */
  readonly more: boolean;
}

/** The right to handle an event for a time. */
export interface Lease {
  /** The `id` of the event. */
  readonly eventId: string;
  /** Different for each take of the event. */
  readonly token: string;
}

/** An event to handle. */
export interface Job {
  /** Proves the worker's right to begin, finish, fail, renew or release it. */
  readonly lease: Lease;
  /** The event as it was recorded. */
  readonly event: AnyCallStatusEvent;
  /** The number of failed attempts, plus one. Takes that ended without a result do not count. */
  readonly attempt: number;
  /** How many takes ended without a result after `begin`. */
  readonly interruptions: number;
  /** Whether a take ended without a result (the process died, or the lease ended) and the event has not failed since. */
  readonly suspect: boolean;
  /** Increases with each take of this event: a fencing token for the handlers' own writes. */
  readonly fence: number;
  /** Handlers that finished in an earlier attempt and are not called again. */
  readonly doneHandlers: readonly string[];
}

/** Why an attempt failed, and what happens to the event next. */
export interface Failure {
  /** Milliseconds until the next attempt; absent: the event becomes a dead letter. */
  readonly retryInMs?: number;
  /** The error's text, for people. */
  readonly error: string;
  /** Handlers that finished and are not called again. */
  readonly doneHandlers: readonly string[];
}

/** How the application ended a call. */
export interface CallEnd {
  /** The final status. */
  readonly status: TerminalStatus;
  /** The tenant of the call, if it has one. */
  readonly tenant?: string;
}
