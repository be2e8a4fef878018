import type {
  AnsweredBy,
  AnyCallStatusEvent,
  CallError,
  CallStatus,
  Direction,
  Sip,
  Transition,
  Trust,
} from '../event.ts';

/** Events that no attempt could handle. They stay until they are replayed or discarded. */
export interface DeadLetters {
  /** Newest first. */
  list(query?: DeadLetterQuery): Promise<Page<DeadLetter>>;
  /** One dead letter, or `undefined`. */
  get(eventId: string): Promise<DeadLetter | undefined>;
  /** Requeues the event as attempt 1. Resolves to `false` if there is no such dead letter. */
  replay(eventId: string): Promise<boolean>;
  /** Replays all that match, oldest first, and returns how many. An event that fails again in the meantime is not replayed again. */
  replayAll(query?: Omit<DeadLetterQuery, keyof PageQuery>): Promise<number>;
  /** Removes the dead letter; the event itself stays recorded. Resolves to `false` if there is no such dead letter. */
  discard(eventId: string): Promise<boolean>;
  /** Dead letters with the same error, apart from its numbers, ids and quotations; the most frequent first, at most 100. */
  groups(query?: Omit<DeadLetterQuery, keyof PageQuery>): Promise<readonly DeadLetterGroup[]>;
}

/** Dead letters with the same error. */
export interface DeadLetterGroup {
  /** The provider of their events. */
  readonly provider: string;
  /** What their errors have in common. */
  readonly error: string;
  /** How many there are. */
  readonly count: number;
  /** When the first of them became a dead letter: ISO 8601, UTC. */
  readonly firstDeadAt: string;
  /** When the last of them became a dead letter. */
  readonly lastDeadAt: string;
}

/** An event that no attempt could handle. */
export interface DeadLetter {
  /** The event as it was recorded. */
  readonly event: AnyCallStatusEvent;
  /** How many attempts failed. */
  readonly attempts: number;
  /** The text of the last error. */
  readonly error: string;
  /** The handler that threw it; absent if none did, or if an earlier release kept the dead letter. */
  readonly handler?: string;
  /** When it became a dead letter: ISO 8601, UTC. */
  readonly deadAt: string;
}

/** Which dead letters. */
export interface DeadLetterQuery extends PageQuery {
  /** Only of this provider. */
  readonly provider?: string;
  /** Only with this error, as in a {@link DeadLetterGroup}. */
  readonly error?: string;
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
  /** Calls that were answered, or those that were not. Calls about which this is unknown are neither. */
  readonly answered?: boolean;
  /**
   * The beginning of the call's id, 3 characters or more; or the first or last digits, 4 or more, of `from` or `to`. Of a text with other
   * characters than digits, only the digits are compared with numbers: `+1 (555) 010` finds `+1555010…`.
   */
  readonly search?: string;
  /** Calls that this call made: those with this `parentCallId`. */
  readonly parentCallId?: string;
  /** Live calls without an event for so many milliseconds. */
  readonly silentForMs?: number;
  /** Calls with conflicting outcomes, or those without. */
  readonly hasConflict?: boolean;
  /** Calls with a dead letter, or those without. */
  readonly hasDeadLetter?: boolean;
  /** Calls with this SIP response code, such as 486. */
  readonly sipCode?: number;
  /** Calls with this error code of the provider, as in {@link CallError}. */
  readonly errorCode?: string;
  /** Calls with an event received at this time or later: ISO 8601, or a `Date`. */
  readonly changedSince?: string | Date;
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
  /** The rows, newest first. There may be fewer than `limit`, even if this is not the last page. */
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
  /** When it first reached its final status: ISO 8601, UTC; by the provider's clock if it reports the time, else by ours. */
  readonly endedAt?: string;
  /** Who picked up, as detected by the provider. */
  readonly answeredBy?: AnsweredBy;
  /** The answer to the SIP INVITE. */
  readonly sip?: Pick<Sip, 'code' | 'phrase'>;
  /** Mean opinion score, 1 (bad) to 5 (excellent), as reported when the call ended. */
  readonly mos?: number;
  /** What went wrong, in the provider's words. */
  readonly error?: CallError;
  /** The call that made this one. */
  readonly parentCallId?: string;
  /** How we know that its events are genuine: the weakest of them counts. */
  readonly trust: Trust;
  /** Whether an event came after one of a higher status. */
  readonly hasLate: boolean;
  /** Whether it has a terminal event that contradicts its outcome. */
  readonly hasConflict: boolean;
  /** Whether one of its events is a dead letter. */
  readonly hasDeadLetter: boolean;
  /** The event that was recorded last. */
  readonly lastEvent: LastEvent;
}

/** The last event of a call, in short. */
export interface LastEvent {
  /** Its id. */
  readonly id: string;
  /** Its status. */
  readonly status: CallStatus;
  /** What it did to the call. */
  readonly transition: Transition;
  /** When it was received: ISO 8601, UTC. */
  readonly receivedAt: string;
}
