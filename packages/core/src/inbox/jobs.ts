import type { AnyCallStatusEvent } from '../event.ts';

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
  /** The W3C `traceparent` that the event was recorded with, if any. */
  readonly trace?: string;
  /** The number of failed attempts, plus one. Takes that ended without a result do not count. */
  readonly attempt: number;
  /** How many takes ended without a result after `begin`. */
  readonly interruptions: number;
  /** Whether a take ended without a result (the process died, or the lease ended) and the event has not failed since. */
  readonly suspect: boolean;
  /**
   * Increases with each take of this event, and from event to event of a call, unless an earlier one is replayed: a fencing token for the
   * handlers' own writes.
   */
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
  /** The handler that threw the error; absent if none did. A {@link DeadLetter} keeps it. */
  readonly handler?: string;
}
