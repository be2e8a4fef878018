import type { ApplicationEnd } from '../../call.ts';
import type { AnyCallStatusEvent } from '../../event.ts';

/** A call with everything that an inbox knows about it, on its way to another inbox. Plain JSON. */
export interface MovedCall {
  /** The provider that sent its events. */
  readonly provider: string;
  /** The tenant of the call, if it has one. */
  readonly tenant?: string;
  /** The provider's id for the call. */
  readonly callId: string;
  /** How the application ended it, if `endCall` did. */
  readonly end?: ApplicationEnd;
  /** Its events, in the order of recording. */
  readonly events: readonly MovedEvent[];
}

/** An event of a call that moves. Without `job` and `deadLetter`, it is handled. */
export interface MovedEvent {
  /** The event as it was recorded. */
  readonly event: AnyCallStatusEvent;
  /** The W3C `traceparent` that it was recorded with. An event that is handled need not have it. */
  readonly trace?: string;
  /** It is not handled yet. */
  readonly job?: MovedJob;
  /** No attempt could handle it. */
  readonly deadLetter?: MovedDeadLetter;
}

/** A job that moves. A worker that has it loses its lease. */
export interface MovedJob {
  /** How many attempts failed. */
  readonly failures: number;
  /** How many takes ended without a result after `begin`, the last one included. */
  readonly interruptions: number;
  /** Whether it is taken only by a worker that asks for suspects: the last take ended without a result, or has none yet. */
  readonly suspect: boolean;
  /** How often it was taken: the next `fence` is higher. */
  readonly takes: number;
  /** Handlers that are not called again. */
  readonly doneHandlers: readonly string[];
  /** Milliseconds until it is due, if it waits for its time. */
  readonly retryInMs?: number;
  /** The text of the last attempt's error. */
  readonly error?: string;
}

/** A dead letter that moves. */
export interface MovedDeadLetter {
  /** How many attempts failed. */
  readonly attempts: number;
  /** How often it was taken: after a replay, the next `fence` is higher. */
  readonly takes: number;
  /** The text of the last error. */
  readonly error: string;
  /** The handler that threw it, if one did. */
  readonly handler?: string;
  /** When it became a dead letter: ISO 8601, UTC. */
  readonly deadAt: string;
  /** Handlers that are not called again after a replay. */
  readonly doneHandlers: readonly string[];
}
