import type { AnyCallStatusEvent, CallStatus, Direction } from '../event.ts';

/** Events that no attempt could handle. They stay until they are replayed or discarded. */
export interface DeadLetters {
  /** Newest first. */
  list(query?: DeadLetterQuery): Promise<Page<DeadLetter>>;
  /** One dead letter, or `undefined`. */
  get(eventId: string): Promise<DeadLetter | undefined>;
  /** Requeues the event as attempt 1. Resolves to `false` if there is no such dead letter. */
  replay(eventId: string): Promise<boolean>;
  /** Replays all that match, oldest first, and returns how many. An event that fails again in the meantime is not replayed again. */
  replayAll(query?: Pick<DeadLetterQuery, 'provider' | 'since' | 'until'>): Promise<number>;
  /** Removes the dead letter; the event itself stays recorded. Resolves to `false` if there is no such dead letter. */
  discard(eventId: string): Promise<boolean>;
}

/** An event that no attempt could handle. */
export interface DeadLetter {
  /** The event as it was recorded. */
  readonly event: AnyCallStatusEvent;
  /** How many attempts failed. */
  readonly attempts: number;
  /** The text of the last error. */
  readonly error: string;
  /** When it became a dead letter: ISO 8601, UTC. */
  readonly deadAt: string;
}

/** Which dead letters. */
export interface DeadLetterQuery extends PageQuery {
  /** Only of this provider. */
  readonly provider?: string;
  /** Dead at this time or later: ISO 8601, or a `Date`. */
  readonly since?: string | Date;
  /** Dead before this time: ISO 8601, or a `Date`. */
  readonly until?: string | Date;
}

/** Which calls. */
export interface CallQuery extends PageQuery {
  /** Only of this provider. */
  readonly provider?: string;
  /** Calls that have ended, or those that have not. */
  readonly state?: 'live' | 'ended';
  /** Calls with this status, or one of these. */
  readonly status?: CallStatus | readonly CallStatus[];
  /** First event received at this time or later: ISO 8601, or a `Date`. */
  readonly since?: string | Date;
  /** First event received before this time: ISO 8601, or a `Date`. */
  readonly until?: string | Date;
}

/** Which page. */
export interface PageQuery {
  /** The `next` of the previous page of the same list. */
  readonly cursor?: string;
  /**
   * Rows on a page, 1 to 1000.
   * @default 50
   */
  readonly limit?: number;
}

/** One page of a list. */
export interface Page<Row> {
  /** The rows, newest first. */
  readonly rows: readonly Row[];
  /** The cursor of the next page; absent on the last. */
  readonly next?: string;
}

/** A call in a list. Its parties, direction and duration are those of the last recorded event that has them. */
export interface CallSummary {
  /** The provider that sent its events. */
  readonly provider: string;
  /** The provider's id for the call. */
  readonly callId: string;
  /** The tenant of the call, if one receiver serves several. */
  readonly tenant?: string;
  /** The furthest status that it reached. */
  readonly status: CallStatus;
  /** Whether it has ended. */
  readonly terminal: boolean;
  /** Who called whom. */
  readonly direction?: Direction;
  /** As sent; not every provider sends E.164. */
  readonly from?: string;
  /** As sent; not every provider sends E.164. */
  readonly to?: string;
  /** Whether the other party picked up: `true` if any event proves it; absent if unknown. */
  readonly answered?: boolean;
  /** When it was answered, if the provider tells it, else when it was first `in-progress`: ISO 8601, UTC. */
  readonly answeredAt?: string;
  /** The length of the conversation in seconds if the provider reports it, else of the call. */
  readonly durationSeconds?: number;
  /** When its first event was received: ISO 8601, UTC, by our clock. */
  readonly firstEventAt: string;
  /** When its last event was received. */
  readonly lastEventAt: string;
  /** How many of its events were recorded. */
  readonly eventCount: number;
}

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

/** How many jobs an inbox has, by what they wait for. */
export interface InboxHealth {
  /** Events that a worker could take now, suspects included. */
  readonly due: number;
  /** How long the oldest of them has been due, in milliseconds by the store's clock; 0 if there is none. */
  readonly lagMs: number;
  /** Events that failed or were interrupted, and wait for their retry. */
  readonly retrying: number;
  /** Events that wait for an earlier event of their call. */
  readonly blocked: number;
  /** Events that a worker has now. */
  readonly running: number;
  /** Events that are dead letters. */
  readonly dead: number;
}
