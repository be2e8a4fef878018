import type { Call } from '../call.ts';
import type { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent, TerminalStatus, Transition } from '../event.ts';
import type { FeedPage, FeedQuery } from './feed.ts';
import type { InboxCounts, InboxHealth, WorkerReport } from './health.ts';
import type { JobTransaction } from './job-transaction.ts';
import type { Failure, Lease, Outcome, Taken, TakeRequest } from './jobs.ts';
import type { MovedCall } from './moving/moved-call.ts';
import type { CallQuery, CallSummary, DeadLetters, Page } from './queries.ts';
import type { Refusals } from './refusals.ts';
import type { StatsQuery, StatsRow } from './stats.ts';
import type { Watches } from './watches.ts';

export type { InboxCounts, InboxHealth } from './health.ts';
export type { Failure, Job, Lease, Outcome, Taken, TakeRequest } from './jobs.ts';
export type {
  CallQuery,
  CallSummary,
  DeadLetter,
  DeadLetterQuery,
  DeadLetters,
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
  /** Whether other processes or hosts may use the same store at the same time. */
  readonly shared: boolean;
  /**
   * Opens the store, so that a wrong path or password shows before the first callback. Safe to call again, even after it failed.
   * Only the service itself passes `create: true`, which creates a store that does not exist yet.
   */
  ready?(options?: ReadyOptions): void | Promise<void>;
  /**
   * Records an event and decides its `transition`. It does not change the event: the caller makes `{ ...event, transition }`.
   * Rejects if it cannot confirm that the event is recorded. The event may have been recorded; recording it again then finds a duplicate.
   */
  record(event: NewEvent, options?: RecordOptions): Promise<Recorded>;
  /**
   * Which of these events need no more work: they are handled, or dead letters. A receiver that answers after the handlers asks for events
   * that another process may be handling. One look-up an event.
   */
  handled(events: readonly EventKey[]): Promise<readonly string[]>;
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
   * A transaction for the handlers of one attempt; only in an inbox whose store is a database that the application may also use. It begins
   * with the first statement.
   */
  transaction?(): JobTransaction;
  /** Keeps what a worker reports about itself, for {@link InboxHealth}. */
  reportWorker(report: WorkerReport): Promise<void>;
  /** Forgets a worker that has stopped. */
  removeWorker(owner: string): Promise<void>;
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
  /**
   * Events in the order of recording, across all calls. No event is ever passed over: a page ends before one that another process is still
   * recording.
   */
  events(query?: FeedQuery): Promise<FeedPage>;
  /** Figures of the calls that ended in a period, by time and group. Each ended call counts once, in the bucket of its `endedAt`. */
  stats(query: StatsQuery): Promise<readonly StatsRow[]>;
  /** Rejected callbacks. */
  readonly refusals: Refusals;
  /** Calls that the application expects, and live calls that have been silent for too long. */
  readonly watches: Watches;
  /** How many calls and events there are. Not for polling: an inbox may read all calls to count them. */
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
   * Erases a call, live, ended or only expected, with its events, jobs, dead letters and watch; running jobs lose their lease. The ids of
   * its events stay known for seven days as SHA-256 hashes, so that a redelivery is still a duplicate. Another event of the call begins a
   * new call. Resolves to `false` if there is no such call.
   */
  forgetCall(provider: string, callId: string, tenant?: string): Promise<boolean>;
  /** Everything about a call, to move it to another inbox; `undefined` if there is no such call. Changes nothing. */
  exportCall?(provider: string, callId: string, tenant?: string): Promise<MovedCall | undefined>;
  /**
   * Adds a call of another inbox. Its events keep their transitions, and no handler runs for one that is handled. Resolves to `false`, and
   * changes nothing, if the call is known here already.
   */
  importCall?(call: MovedCall): Promise<boolean>;
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

/** What an inbox keeps beside an event. */
export interface RecordOptions {
  /** The W3C `traceparent` of what recorded the event, at most 55 characters: its {@link Job} has it. */
  readonly trace?: string | undefined;
}

/** What identifies an event, and its call. */
export type EventKey = Pick<NewEvent, 'provider' | 'tenant' | 'callId' | 'id'>;

/** The result of recording an event. */
export interface Recorded {
  /** `duplicate` if the event id is known. */
  readonly transition: Transition;
  /** Whether the event is already handled or a dead letter; only possible for a duplicate. */
  readonly done: boolean;
}

/** How the application ended a call. */
export interface CallEnd {
  /** The final status. */
  readonly status: TerminalStatus;
  /** The tenant of the call, if it has one. */
  readonly tenant?: string;
}
