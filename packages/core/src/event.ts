import type {
  Agent,
  AnsweredBy,
  CallError,
  CallStatus,
  Direction,
  Hangup,
  Leg,
  Line,
  MachineDetection,
  Quality,
  Recording,
  Sip,
  TerminalStatus,
} from './event-parts.ts';

export {
  type Agent,
  type AnsweredBy,
  CALL_STATUSES,
  type CallError,
  type CallStatus,
  type Direction,
  type Hangup,
  isTerminal,
  type Leg,
  type Line,
  type MachineDetection,
  type Quality,
  type Recording,
  type Sip,
  type TerminalStatus,
} from './event-parts.ts';

/**
 * How we know that a callback is genuine: a valid signature (`signed`), the secret in its URL (`token`), or not at all (`none`).
 */
export type Trust = 'signed' | 'token' | 'none';

/**
 * What an event did to its call.
 *
 * - `advance`: the call moved forward.
 * - `repeat`: the same status again with other content (another leg, a recording), or an unknown status.
 * - `late`: a lower status than the call already had.
 * - `conflict`: another terminal status after a terminal one; the first stays.
 * - `duplicate`: an event with this id was accepted before. No handler ever sees it; `req.callStatus` does.
 */
export type Transition = 'advance' | 'repeat' | 'late' | 'conflict' | 'duplicate';

/**
 * The provider's own fields, by provider name. Open for augmentation, so that your own provider takes part in all types:
 *
 * ```ts
 * declare module '@call-status/core' {
 *   interface ProviderFields { acme: AcmeFields }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: each provider's file adds itself, nothing here names one
export interface ProviderFields {}

/** The names of the providers known to the types. */
export type ProviderName = Extract<keyof ProviderFields, string>;

/** What every event has, whoever sent it. Absent means absent: no nulls, no empty strings, no invented values. */
export interface CallStatusEventBase<Name extends string, Fields, Status extends CallStatus = CallStatus> {
  /** Who sent it. */
  readonly provider: Name;
  /** Stable key of this event: the same for a redelivery, another for any other event. Use it for idempotency. */
  readonly id: string;
  /** The provider's id of the call. Some contain a phone number. */
  readonly callId: string;
  /** Whose call it is, where one receiver serves several tenants. */
  readonly tenant?: string;
  /** The normal form of the provider's status word. */
  readonly status: Status;
  /** The provider's own status word, as sent; empty where it sent none, and then `status` is `unknown`. */
  readonly rawStatus: string;
  /** Whether the call has ended with this status. */
  readonly terminal: Status extends TerminalStatus ? true : false;
  /** What it did to its call. */
  readonly transition: Transition;
  /** Who called whom, as the provider tells it. */
  readonly direction?: Direction;
  /** As sent; not every provider sends E.164. */
  readonly from?: string;
  /** As sent; not every provider sends E.164. */
  readonly to?: string;
  /** The name of the caller, where it was looked up. */
  readonly callerName?: string;
  /** The number from which the call was forwarded, as sent. */
  readonly forwardedFrom?: string;
  /** Your own end of the call. */
  readonly line?: Line;
  /** The provider's id of your account, project or subaccount. */
  readonly account?: string;
  /** How well the caller's number was attested (STIR/SHAKEN), in the provider's word: `TN-Validation-Passed-A`. */
  readonly stirVerstat?: string;
  /** When the call began, by the provider's clock: ISO 8601, UTC. */
  readonly startedAt?: string;
  /** When the call was answered, by the provider's clock: ISO 8601, UTC. */
  readonly answeredAt?: string;
  /**
   * When it happened, by the provider's clock: ISO 8601, UTC. SignalWire's incoming call status callback documents it as the time of the
   * call's creation.
   */
  readonly occurredAt?: string;
  /** When we received it: ISO 8601, UTC. */
  readonly receivedAt: string;
  /** The provider's count of the events of this call, where it has one. */
  readonly sequence?: number;
  /** Seconds: of the conversation if the provider tells it, else of the call. */
  readonly durationSeconds?: number;
  /**
   * Whether the other party picked up, a person or a machine (see `answeredBy`). `true` where this event proves it, `false` where the call
   * ended and this event proves that nobody did; absent where it cannot be known. `completed` is no proof with every provider.
   */
  readonly answered?: boolean;
  /** Who picked up, by the detection of the provider. */
  readonly answeredBy?: AnsweredBy;
  /** What answering machine detection found, where the provider tells more than `answeredBy`. */
  readonly machineDetection?: MachineDetection;
  /** The agent to whom the call was connected, where the provider tells it, as Exotel does. */
  readonly agent?: Agent;
  /** Who ended the call, and why. */
  readonly hangup?: Hangup;
  /** The call that made this one. */
  readonly parentCallId?: string;
  /** The recording of the call, where there is one by now. */
  readonly recording?: Recording;
  /** The parties' parts of the call, where the provider tells them, as Exotel does. */
  readonly legs?: readonly Leg[];
  /** The answer to the SIP INVITE, where the provider tells it, as SignalWire does. */
  readonly sip?: Sip;
  /** How the call sounded, where the provider tells it, as SignalWire does. */
  readonly quality?: Quality;
  /** What went wrong, in the provider's words. */
  readonly error?: CallError;
  /** What you gave the provider to send back, such as Exotel's `CustomField`. */
  readonly custom?: string;
  /** How we know that the callback is genuine. */
  readonly trust: Trust;
  /** The provider's own fields, none dropped. Strings on the wire are strings here. */
  readonly raw: Fields;
}

/** An event of one provider: a union discriminated by `status`. */
export type ProviderEvent<Name extends string, Fields> = {
  [S in CallStatus]: CallStatusEventBase<Name, Fields, S>;
}[CallStatus];

/**
 * A callback in our normal form (version 1): a union discriminated by `provider` and by `status`.
 * Plain JSON: log it, queue it, store it, and it is the same event.
 */
export type CallStatusEvent<Name extends ProviderName = ProviderName> = {
  [N in Name]: ProviderEvent<N, ProviderFields[N]>;
}[Name];

/** An event of any provider, also of one that the types do not know. */
export type AnyCallStatusEvent = ProviderEvent<string, unknown>;
