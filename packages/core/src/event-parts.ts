/**
 * The statuses of a call, in the order in which a call passes through them. The five from `completed` on are terminal. `unknown` stands for
 * a status word that call-status does not know; it does not move the call.
 */
export const CALL_STATUSES = [
  'queued',
  'initiated',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
  'unknown',
] as const;

/** The normal form of a provider's status word. */
export type CallStatus = (typeof CALL_STATUSES)[number];

/** A status that a call never leaves. */
export type TerminalStatus = 'completed' | 'busy' | 'no-answer' | 'failed' | 'canceled';

const TERMINAL: ReadonlySet<CallStatus> = new Set(['completed', 'busy', 'no-answer', 'failed', 'canceled']);

/**
 * Whether a call that has this status has ended.
 * @example isTerminal('busy') // true
 */
export function isTerminal(status: CallStatus): status is TerminalStatus {
  return TERMINAL.has(status);
}

/** The direction of the call; `web` is a call from a browser, without phone numbers. */
export type Direction = 'inbound' | 'outbound' | 'web';

/** Who picked up. `unknown`: the provider could not tell, or has a word for it that call-status does not know. */
export type AnsweredBy = 'human' | 'machine' | 'fax' | 'unknown';

/** A recording of the call. */
export interface Recording {
  /** Where it can be downloaded; some providers require credentials. */
  readonly url?: string;
  /** The provider's id for it. */
  readonly id?: string;
  /** Its length in seconds. */
  readonly durationSeconds?: number;
}

/** One party's part of a call, in the provider's order. */
export interface Leg {
  /** Absent if the leg was not attempted. */
  readonly status?: CallStatus;
  /** The provider's own status word. */
  readonly rawStatus?: string;
  /** How long the party was on the line, in seconds. */
  readonly durationSeconds?: number;
  /** Who picked up on this leg. */
  readonly answeredBy?: AnsweredBy;
  /** The party's number, as sent. */
  readonly number?: string;
  /** The kind of leg, in the provider's words. */
  readonly type?: string;
  /** The number that the party saw, as sent. */
  readonly callerId?: string;
  /** Why the leg ended, in the provider's words, such as `NORMAL_CLEARING`. */
  readonly cause?: string;
  /** Why the leg ended, as an ISDN cause code (ITU-T Q.850), such as 16. */
  readonly causeCode?: number;
  /** Who ended the leg, in the provider's words and in lower case, such as `callee`. */
  readonly disconnectedBy?: string;
}

/** The answer to the SIP INVITE. */
export interface Sip {
  /** The SIP response code, such as 486. */
  readonly code?: number;
  /** The reason phrase, such as `Busy Here`. */
  readonly phrase?: string;
  /** The `Call-ID` header of the INVITE, which identifies the call in SIP traces. */
  readonly callId?: string;
}

/** Who ended the call, and why. */
export interface Hangup {
  /** The party that hung up: the one in `from`, or the one in `to`. */
  readonly by?: 'caller' | 'callee';
  /** The number of the party that hung up, as sent. */
  readonly number?: string;
  /** The direction from which the hangup came, as the provider reports it. */
  readonly direction?: Direction;
  /** Why the call ended, in the provider's words, such as `user_hangup`. */
  readonly cause?: string;
}

/** Your end of the call: the number or line that made or received it. */
export interface Line {
  /** As sent. */
  readonly number?: string;
  /** The name that you gave it. */
  readonly name?: string;
  /** The provider's id for it. */
  readonly id?: string;
}

/** The agent to whom the call was connected. */
export interface Agent {
  /** As sent. */
  readonly number?: string;
  /** The agent's address. */
  readonly email?: string;
}

/** What answering machine detection found. */
export interface MachineDetection {
  /** The provider's own word, in lower case: `machine_end_beep` means that a message can be left now. */
  readonly result?: string;
  /** How long it took, in milliseconds. */
  readonly durationMs?: number;
}

/** How the call sounded. */
export interface Quality {
  /** Mean opinion score, 1 (bad) to 5 (excellent). */
  readonly mos?: number;
  /** Smallest jitter variance, in the provider's unit. */
  readonly jitterMin?: number;
  /** Largest jitter variance, in the provider's unit. */
  readonly jitterMax?: number;
  /** Audio packets received. */
  readonly packetsReceived?: number;
  /** Audio packets sent. */
  readonly packetsSent?: number;
  /** Audio packets that were expected and did not arrive in time. */
  readonly packetsLost?: number;
}

/** What went wrong, in the provider's words. */
export interface CallError {
  /** The provider's own code. */
  readonly code?: string;
  /** The provider's own text. */
  readonly message?: string;
}

/** What providers report about a call: the parts that events and calls have in common. */
export interface CallDetails {
  /** Who called whom. */
  readonly direction?: Direction;
  /** As sent; not every provider sends E.164. */
  readonly from?: string;
  /** As sent; not every provider sends E.164. */
  readonly to?: string;
  /** The caller's name, if it was looked up. */
  readonly callerName?: string;
  /** The number from which the call was forwarded, as sent. */
  readonly forwardedFrom?: string;
  /** Your own end of the call. */
  readonly line?: Line;
  /** The provider's id for your account, project or subaccount. */
  readonly account?: string;
  /** How well the caller's number was attested (STIR/SHAKEN), in the provider's words: `TN-Validation-Passed-A`. */
  readonly stirVerstat?: string;
  /** The call that made this one. */
  readonly parentCallId?: string;
  /** When the call began, by the provider's clock: ISO 8601, UTC. */
  readonly startedAt?: string;
  /** When the call was answered, by the provider's clock: ISO 8601, UTC. */
  readonly answeredAt?: string;
  /** The length of the conversation in seconds if the provider reports it, else of the call. */
  readonly durationSeconds?: number;
  /**
   * Whether the other party picked up, a person or a machine (see `answeredBy`): `true` or `false` if the callback proves it, absent if
   * unknown. With some providers, `completed` does not prove it.
   */
  readonly answered?: boolean;
  /** Who picked up, as detected by the provider. */
  readonly answeredBy?: AnsweredBy;
  /** What answering machine detection found, if the provider reports more than `answeredBy`. */
  readonly machineDetection?: MachineDetection;
  /** The agent to whom the call was connected, if the provider reports it, as Exotel does. */
  readonly agent?: Agent;
  /** Who ended the call, and why. */
  readonly hangup?: Hangup;
  /** The recording of the call, once there is one. */
  readonly recording?: Recording;
  /** Each party's part of the call, if the provider reports them, as Exotel does. */
  readonly legs?: readonly Leg[];
  /** The answer to the SIP INVITE, if the provider reports it, as SignalWire does. */
  readonly sip?: Sip;
  /** How the call sounded, if the provider reports it, as SignalWire does. */
  readonly quality?: Quality;
  /** What went wrong, in the provider's words. */
  readonly error?: CallError;
  /** Data that you asked the provider to send back, such as Exotel's `CustomField`. */
  readonly custom?: string;
}
