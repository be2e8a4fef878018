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
 * The contract of an inbox: where an accepted event is recorded before the 200 leaves. It drops duplicates, keeps the order
 * of each call and gives the work out. Several processes and hosts may share it; nothing here assumes one.
 *
 * Guarantees that every inbox keeps:
 * - When `record` resolves, the event is stored as durably as the inbox can, and its transition was decided in the same transaction
 *   that stored it.
 * - An event id is recorded once.
 * - A call is known by provider, tenant and call id.
 * - Work of one call is given out one event at a time, in the order of recording, also across retries; calls do not wait for each other.
 * - An event whose lease ended without a result is a suspect: it is given out again, but only to a worker that asks for suspects.
 * - A lease is lost once another take has the event. Until then its `finish`, `fail` and `release` count, also after it ended.
 * - A result that is reported twice with the same lease counts once and is answered the same.
 * - Operations take effect in the order in which they are called, also when none of them is awaited; one that fails does not fail others.
 * - A call with unfinished work or a dead letter is kept. An ended call is removed when nothing came of it for the retention; a live one
 *   after seven times the retention.
 * - A query that makes no sense is refused: it rejects with `invalid_options`, by the same rules in every inbox, see `queryRules`.
 *
 * A rejected operation that writes may have taken effect (its answer was lost); calling it again is safe.
 * What is due, and when a lease ends, the inbox tells by its own clock: only spans cross this interface, in milliseconds.
 */
export interface Inbox {
  /** Whether what is recorded outlives the process. If not, a receiver that closes handles what it can first. */
  readonly durable: boolean;
  /**
   * Opens the store, so that a wrong path or password shows before the first callback. Safe to call again, also after it failed.
   * Only the service itself passes `create: true`, which makes a store that does not exist yet.
   */
  ready?(options?: ReadyOptions): void | Promise<void>;
  /**
   * Records an event and decides its `transition`. It does not change the event: the caller makes `{ ...event, transition }`.
   * Rejects when it cannot say that the event is recorded. It may have been; recording it again is then a duplicate.
   */
  record(event: NewEvent): Promise<Recorded>;
  /** Takes work that is due: at most one event of a call. It may take fewer than asked for; `more` says whether to ask again. */
  take(request: TakeRequest): Promise<Taken>;
  /** Prolongs leases; resolves to those that are lost. */
  renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]>;
  /**
   * Stores that the handlers of a suspect begin now. If this take ends without a result, it counts as an interruption, and the event is due
   * again `retryInMs` after its lease ended. `lost` also when the lease has ended.
   */
  begin(lease: Lease, interruption: { readonly retryInMs: number }): Promise<Outcome>;
  /** The event is done. */
  finish(lease: Lease): Promise<Outcome>;
  /** The attempt failed: try again later, or never. */
  fail(lease: Lease, failure: Failure): Promise<Outcome>;
  /** Gives work back untouched, for another worker; the take does not count. With `retryInMs` it is due after that time. */
  release(lease: Lease, options?: { readonly retryInMs?: number }): Promise<Outcome>;
  /**
   * Calls the listener when there may be work sooner than the last `take` said: a new event, or the next of a call whose event has left
   * its worker. A hint: it may be missed. Returns a function that removes the listener.
   */
  onWork(onWork: () => void): () => void;
  /** Events that no attempt could handle. */
  readonly deadLetters: DeadLetters;
  /** One call with its events, or `undefined`. */
  getCall(provider: string, callId: string, tenant?: string): Promise<Call | undefined>;
  /** Calls, newest first. */
  listCalls(query?: CallQuery): Promise<Page<CallSummary>>;
  /** How many calls and events there are. Cheap however many. */
  counts(): Promise<InboxCounts>;
  /** What a health check looks at: how much work waits, for what, and for how long. Exact, and cheap however much there is. */
  health(): Promise<InboxHealth>;
  /**
   * Ends a live call whose last callback never came. No handler runs. Later callbacks are judged as after any terminal status: the same one
   * is a `repeat`, another terminal one a `conflict`, any other `late`. Resolves to `false` if there is no such live call.
   * Rejects with `invalid_options` for a status that ends no call.
   */
  endCall(provider: string, callId: string, end: CallEnd): Promise<boolean>;
  /**
   * Erases a call, live or ended, with its events, its work and its dead letters; running work loses its lease. The ids of its events
   * stay known for seven days as SHA-256 hashes, so that a redelivery is still a duplicate. Another event of it begins a new call.
   * Resolves to `false` if there is no such call.
   */
  forgetCall(provider: string, callId: string, tenant?: string): Promise<boolean>;
  /** Closes the store. Stop workers first. Safe to call twice. */
  close(): Promise<void>;
}

/** How to open a store. */
export interface ReadyOptions {
  /**
   * Whether a store that does not exist yet is made.
   * @default false
   */
  readonly create?: boolean;
  /** Called for what an operator should know though nothing failed. Without it the inbox uses `process.emitWarning`. */
  readonly onWarning?: (warning: CallStatusError) => void;
}

/** An event on its way into the inbox, which decides its transition. */
export type NewEvent = Omit<AnyCallStatusEvent, 'transition'>;

/** What recording an event found. */
export interface Recorded {
  /** `duplicate` when the event id is known. */
  readonly transition: Transition;
  /** Whether the event's work is done (or dead), which is possible only for a duplicate. */
  readonly done: boolean;
}

/**
 * What an inbox says to a result.
 *
 * - `done`: it counts; also when an earlier call with the same lease already stored it.
 * - `lost`: it does not count. Another take has the event, it was given back, or its call was forgotten.
 * - `gone`: the event has no work any more, and the inbox no longer knows which take ended it.
 */
export type Outcome = 'done' | 'lost' | 'gone';

/** What work a worker asks for. */
export interface TakeRequest {
  /** At most this many events. */
  readonly limit: number;
  /** How long they belong to this worker, in milliseconds. */
  readonly leaseMs: number;
  /** Who takes them; for people who read the store. */
  readonly owner: string;
  /** At most so many events of these providers (0: none of it). Of a provider that is not named: up to `limit`. */
  readonly limits?: Readonly<Record<string, number>>;
  /**
   * `true`: one suspect if one is due, and nothing else.
   * @default false: no suspects
   */
  readonly suspect?: boolean;
}

/** What a worker got. */
export interface Taken {
  /** The events that are its own until their leases end; at most one of a call. */
  readonly jobs: readonly Job[];
  /** Milliseconds until work becomes due that is not due now (a retry, a lease that ends); absent when there is none. */
  readonly nextInMs?: number;
  /** Whether a suspect is due now that was not taken. */
  readonly suspects: boolean;
  /** Whether other work may be due now that was not taken, because of a limit. */
  readonly more: boolean;
}

/** The right to work on an event for a time. */
export interface Lease {
  /** The `id` of the event. */
  readonly eventId: string;
  /** Differs each time the event is taken. */
  readonly token: string;
}

/** An event to handle. */
export interface Job {
  /** What its worker shows to begin, finish, fail, renew or release it. */
  readonly lease: Lease;
  /** The event as it was recorded. */
  readonly event: AnyCallStatusEvent;
  /** From 1: how many attempts failed, plus one. Takes that ended without a result do not count. */
  readonly attempt: number;
  /** How many takes after `begin` ended without a result. */
  readonly interruptions: number;
  /** Whether a take of it ended without a result (the process died, or the lease ended), and it did not fail since. */
  readonly suspect: boolean;
  /** Rises with each take of this event: a fence for the handlers' own writes. */
  readonly fence: number;
  /** Handlers that were done in an earlier attempt, and are not called again. */
  readonly doneHandlers: readonly string[];
}

/** Why an attempt failed, and what happens to the event. */
export interface Failure {
  /** Milliseconds until the next attempt; absent: none, the event becomes a dead letter. */
  readonly retryInMs?: number;
  /** The error's text, for people. */
  readonly error: string;
  /** Handlers that are done, and are not called again. */
  readonly doneHandlers: readonly string[];
}

/** How the application ends a call. */
export interface CallEnd {
  /** The status with which it ends. */
  readonly status: TerminalStatus;
  /** The tenant of the call, if it has one. */
  readonly tenant?: string;
}
