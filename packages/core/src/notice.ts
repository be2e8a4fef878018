import type { CallStatus } from './event.ts';
import type { Logger } from './log/log.ts';

/** What an application knows about a call that it has started. */
export interface ExpectedDetails {
  /** The caller's number. */
  readonly from?: string;
  /** The number that is called. */
  readonly to?: string;
  /** The application's own data, for its handlers. */
  readonly custom?: string;
}

/**
 * Why the application is told of a call.
 *
 * - `never_reported`: it expected the call, and no callback came in time.
 * - `stuck`: the call is live, and has been silent for longer than its status allows.
 * - `not_ended`: nothing was learned about the call until `giveUpAfterMs`.
 */
export type WatchReason = 'never_reported' | 'stuck' | 'not_ended';

/** What `onMissing` and `onStuck` get: a call without an end. */
export interface CallNotice {
  /** Why: `onStuck` gets `stuck`, `onMissing` the others. */
  readonly reason: WatchReason;
  /** The provider that makes the call. */
  readonly provider: string;
  /** The tenant of the call, if one receiver serves several. */
  readonly tenant?: string;
  /** The provider's id for the call. */
  readonly callId: string;
  /** What your application said about a call that it expects. */
  readonly expected?: ExpectedDetails;
  /** When it said so: ISO 8601, UTC. */
  readonly expectedAt?: string;
  /** The furthest status that the call reached; absent if no event of it was recorded. */
  readonly lastStatus?: CallStatus;
  /** When its last event was received: ISO 8601, UTC. */
  readonly lastEventAt?: string;
  /** How often the provider was asked about it, without learning its end. */
  readonly asked: number;
}

/** What a handler of a notice gets besides the notice. */
export interface NoticeContext {
  /** The number of failed attempts, plus one. */
  readonly attempt: number;
  /** Aborted when the handler takes longer than `handlerTimeoutMs`, or when the receiver shuts down past its deadline. */
  readonly signal: AbortSignal;
  /** The receiver's `log`. */
  readonly log: Logger;
}

/** Your function for calls without an end. When it throws or rejects, it is called again later, as often as `retry` says. */
export type NoticeHandler = (notice: CallNotice, context: NoticeContext) => unknown;
