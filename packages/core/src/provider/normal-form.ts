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
} from '../event.ts';

/**
 * What a provider's `normalize` returns: the parts of the event that the provider tells.
 * `undefined` is the same as absent; what is derived (`id`, `terminal`, `trust`, …) is added for it.
 */
export interface NormalForm {
  /** The provider's id of the call. */
  readonly callId: string;
  /** The provider's own status word; empty where it sent none. */
  readonly rawStatus: string;
  /** Only where the table `statuses` is not enough. */
  readonly status?: CallStatus | undefined;
  /** Who called whom. */
  readonly direction?: Direction | undefined;
  /** As sent. */
  readonly from?: string | undefined;
  /** As sent. */
  readonly to?: string | undefined;
  /** The name of the caller. */
  readonly callerName?: string | undefined;
  /** The number from which the call was forwarded, as sent. */
  readonly forwardedFrom?: string | undefined;
  /** The user's own end of the call. */
  readonly line?: Line | undefined;
  /** The provider's id of the user's account. */
  readonly account?: string | undefined;
  /** How well the caller's number was attested (STIR/SHAKEN), in the provider's word. */
  readonly stirVerstat?: string | undefined;
  /** When the call began, by the provider's clock: ISO 8601, UTC. */
  readonly startedAt?: string | undefined;
  /** When the call was answered, by the provider's clock: ISO 8601, UTC. */
  readonly answeredAt?: string | undefined;
  /** When it happened, by the provider's clock: ISO 8601, UTC. */
  readonly occurredAt?: string | undefined;
  /** The provider's count of the events of this call. */
  readonly sequence?: number | undefined;
  /** Seconds: of the conversation if the provider tells it, else of the call. */
  readonly durationSeconds?: number | undefined;
  /**
   * Whether the other party picked up. Absent: as the status says (`in-progress`: yes; `busy`, `no-answer`, `canceled`: no; else unknown).
   * `null`: this event cannot tell, whatever its status says.
   */
  readonly answered?: boolean | null | undefined;
  /** Who picked up. */
  readonly answeredBy?: AnsweredBy | undefined;
  /** What answering machine detection found. */
  readonly machineDetection?: MachineDetection | undefined;
  /** The agent to whom the call was connected. */
  readonly agent?: Agent | undefined;
  /** Who ended the call, and why. */
  readonly hangup?: Hangup | undefined;
  /** The call that made this one. */
  readonly parentCallId?: string | undefined;
  /** The recording of the call. */
  readonly recording?: Recording | undefined;
  /** The parties' parts of the call, in the provider's order. */
  readonly legs?: readonly Leg[] | undefined;
  /** The answer to the SIP INVITE. */
  readonly sip?: Sip | undefined;
  /** How the call sounded. */
  readonly quality?: Quality | undefined;
  /** What went wrong, in the provider's words. */
  readonly error?: CallError | undefined;
  /** What the user gave the provider to send back. */
  readonly custom?: string | undefined;
}
