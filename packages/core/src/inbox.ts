import type { Call } from './call.ts';
import type { AnyCallStatusEvent, CallStatus, Transition } from './event.ts';

/**
 * The contract of an inbox: where an accepted event is recorded before the 200 leaves. It drops duplicates, keeps the order
 * of each call and gives the work out. It may be shared by several processes and hosts; nothing here assumes one.
 *
 * Guarantees that every inbox keeps:
 * - When `record` resolves, the event is stored as durably as the inbox can, and its transition was decided in the same transaction.
 * - An event id is recorded once.
 * - Work of one call is given out one event at a time, in the order of recording, also across retries; calls do not wait for each other.
 * - Work whose lease ran out is given out again; whoever held the old lease is fenced: its `finish` and `fail` return `false`.
 * - An attempt counts from the moment it is taken, so that a handler that kills the process cannot be retried for ever.
 * - A query that makes no sense is not answered in another way than it was meant: it rejects with `invalid_options`, by the same
 *   rules in every inbox, which are `queryRules`.
 *
 * All times are milliseconds since the epoch unless they say otherwise.
 */
export interface Inbox {
  /** Whether what is recorded outlives the process. If not, a receiver that closes handles what it can first. */
  readonly durable: boolean;
  /**
   * Records an event, and decides its `transition`. Rejects when it cannot; then nothing was recorded.
   * The event is the inbox's from then on: it may keep it and complete it with its transition, whose value is `undefined` until then.
   */
  record(event: Unrecorded): Promise<Recorded>;
  /** Takes all work that is due, up to the limit: at most one event per call. */
  take(request: TakeRequest): Promise<Taken>;
  /** Prolongs leases; resolves to those that are lost. */
  renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]>;
  /** The event is done. `false`: the lease was lost, so it does not count. */
  finish(lease: Lease): Promise<boolean>;
  /** The attempt failed: try again later, or never. `false`: the lease was lost, so it does not count. */
  fail(lease: Lease, failure: Failure): Promise<boolean>;
  /** Gives work back untouched, for another worker to take at once; the attempt does not count. */
  release(lease: Lease): Promise<boolean>;
  /**
   * Calls the listener when there may be work sooner than the last `take` said: a new event, or the next of a call whose event has left
   * its worker. A hint: it may be missed. Returns the way to stop it.
   */
  onWork(listener: () => void): () => void;
  /** Events that no attempt could handle. */
  readonly deadLetters: DeadLetters;
  /** One call with its events, or `undefined`. */
  call(provider: string, callId: string): Promise<Call | undefined>;
  /** Calls, newest first. */
  calls(query?: CallQuery): Promise<Page<CallSummary>>;
  /** How many calls and events there are. */
  counts(): Promise<InboxCounts>;
  /** Closes the store. Workers have to be stopped before. Safe to call twice. */
  close(): Promise<void>;
}

/** An event on its way into the inbox, which decides its transition. */
export type Unrecorded = Omit<AnyCallStatusEvent, 'transition'>;

/** What recording an event found. */
export interface Recorded {
  /** `duplicate` when the event id is known. */
  readonly transition: Transition;
  /** Whether the event's work is done (or dead), which only a duplicate's can be. */
  readonly done: boolean;
}

/** A worker's wish for work. */
export interface TakeRequest {
  /** At most this many events. */
  readonly limit: number;
  /** For how long they are this worker's. */
  readonly leaseMs: number;
  /** Who takes them; for people who read the store. */
  readonly owner: string;
}

/** What a worker got. */
export interface Taken {
  /** The events that are its own until their leases end; at most one of a call. */
  readonly work: readonly Work[];
  /** When work becomes due that is not due now (a retry, a lease that runs out); absent when there is none. */
  readonly nextAt?: number;
}

/** The right to work on an event until a time. */
export interface Lease {
  /** The `id` of the event. */
  readonly eventId: string;
  /** Differs for each time the event is taken: the fence. */
  readonly token: string;
}

/** An event to handle. */
export interface Work {
  /** What its worker shows to finish, fail, renew or release it. */
  readonly lease: Lease;
  /** The event as it was recorded. */
  readonly event: AnyCallStatusEvent;
  /** From 1; attempts that ended in a crash count. */
  readonly attempt: number;
  /** Handlers that were done in an earlier attempt, and are not called again. */
  readonly doneHandlers: readonly string[];
}

/** Why an attempt failed, and what is to become of the event. */
export interface Failure {
  /** When to try again; absent: never, it becomes a dead letter. */
  readonly retryAt?: number;
  /** The error's text, for people. */
  readonly error: string;
  /** Handlers that are done, and are not called again. */
  readonly doneHandlers: readonly string[];
}

/** Events that no attempt could handle. They stay until they are replayed or discarded. */
export interface DeadLetters {
  /** Newest first. */
  list(query?: DeadLetterQuery): Promise<Page<DeadLetter>>;
  /** One dead letter, or `undefined`. */
  read(eventId: string): Promise<DeadLetter | undefined>;
  /** Makes the event work again, from attempt 1. `false`: no such dead letter. */
  replay(eventId: string): Promise<boolean>;
  /** Replays all that fit, oldest first, and returns how many. What dies again meanwhile is not replayed again. */
  replayAll(query?: Pick<DeadLetterQuery, 'provider' | 'since' | 'until'>): Promise<number>;
  /** Forgets the dead letter; the event itself stays recorded. `false`: no such dead letter. */
  discard(eventId: string): Promise<boolean>;
}

/** An event that no attempt could handle. */
export interface DeadLetter {
  /** The event as it was recorded. */
  readonly event: AnyCallStatusEvent;
  /** How many attempts there were. */
  readonly attempts: number;
  /** The last error's text. */
  readonly error: string;
  /** When it became one. */
  readonly deadAt: number;
}

/** Which dead letters. */
export interface DeadLetterQuery extends PageQuery {
  /** Of this provider alone. */
  readonly provider?: string;
  /** Dead at or after. */
  readonly since?: number;
  /** Dead before. */
  readonly until?: number;
}

/** Which calls. */
export interface CallQuery extends PageQuery {
  /** Of this provider alone. */
  readonly provider?: string;
  /** Calls that have ended, or those that have not. */
  readonly state?: 'live' | 'ended';
  /** First event received at or after. */
  readonly since?: number;
  /** First event received before. */
  readonly until?: number;
}

/** Which page. */
export interface PageQuery {
  /** `next` of the page before, of the same list. */
  readonly cursor?: string;
  /**
   * Rows on a page, 1 to 1000.
   * @default 50
   */
  readonly limit?: number;
}

/** One page of a list. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** The cursor of the next page; absent on the last. */
  readonly next?: string;
}

/** A call in a list. */
export interface CallSummary {
  /** Who sent its events. */
  readonly provider: string;
  /** The provider's id of the call. */
  readonly callId: string;
  /** The furthest that it came. */
  readonly status: CallStatus;
  /** Whether it has ended. */
  readonly terminal: boolean;
  /** When its first event was received. */
  readonly firstAt: number;
  /** When its last event was received. */
  readonly lastAt: number;
  /** How many events of it were recorded. */
  readonly events: number;
}

/** How much there is. */
export interface InboxCounts {
  /** Calls that have not ended. */
  readonly live: number;
  /** Calls that have ended. */
  readonly ended: number;
  /** Events that wait for a worker or for a retry. */
  readonly waiting: number;
  /** Events that a worker has now. */
  readonly running: number;
  /** Events that are dead letters. */
  readonly dead: number;
}
