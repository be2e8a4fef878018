import type { CallDetails, CallStatus, TerminalStatus } from './event-parts.ts';

export * from './event-parts.ts';

/**
 * How we know that an event is genuine: the provider said so when it was asked (`confirmed`), a valid signature (`signed`), the secret in
 * the callback's URL (`token`), or not at all (`none`).
 */
export type Trust = 'confirmed' | 'signed' | 'token' | 'none';

/**
 * Where an event comes from: a callback of the provider, `calls.provider(name).record()` of the application, or the answer of the provider
 * when it was asked what became of the call (`reconciled`).
 */
export type Source = 'callback' | 'application' | 'reconciled';

/**
 * What an event did to its call.
 *
 * - `advance`: the call moved forward.
 * - `repeat`: the same status again with other content (another leg, a recording), or an unknown status.
 * - `late`: a lower status than the call already had.
 * - `conflict`: another terminal status after a terminal one; the first stays.
 * - `duplicate`: an event with this id was accepted before. No handler sees it; `req.callStatus` does.
 */
export type Transition = 'advance' | 'repeat' | 'late' | 'conflict' | 'duplicate';

/**
 * The provider's own fields, by provider name. Augment it so that your own provider is part of all types:
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

/** The parts that every event has. Unknown parts are absent: there are no nulls, empty strings or invented values. */
export interface CallStatusEventBase<Name extends string, Fields, Status extends CallStatus = CallStatus>
  extends CallDetails {
  /** The provider that sent it. */
  readonly provider: Name;
  /** Stable key of this event: the same for a redelivery, different for every other event. Use it for idempotency. */
  readonly id: string;
  /** The provider's id for the call. Some contain a phone number. */
  readonly callId: string;
  /** The tenant of the call, if one receiver serves several. */
  readonly tenant?: string;
  /** The normal form of the provider's status word. */
  readonly status: Status;
  /** The provider's own status word, as sent; empty if it sent none (`status` is `unknown` then). */
  readonly rawStatus: string;
  /** Whether this status ends the call. */
  readonly terminal: Status extends TerminalStatus ? true : false;
  /** What the event did to its call. */
  readonly transition: Transition;
  /**
   * When it happened, by the provider's clock: ISO 8601, UTC. For its incoming call status callback, SignalWire documents it as the time
   * when the call was created.
   */
  readonly occurredAt?: string;
  /** When we received it: ISO 8601, UTC. */
  readonly receivedAt: string;
  /** The provider's count of the events of this call, if it has one. */
  readonly sequence?: number;
  /** Where it comes from. */
  readonly source: Source;
  /** How we know that it is genuine. */
  readonly trust: Trust;
  /** The provider's own fields, none dropped. Strings on the wire are strings here. Of a `reconciled` event, its record of the call. */
  readonly raw: Fields;
}

/** An event of one provider: a union discriminated by `status`. */
export type ProviderEvent<Name extends string, Fields> = {
  [S in CallStatus]: CallStatusEventBase<Name, Fields, S>;
}[CallStatus];

/**
 * A callback in our normal form (version 1): a union discriminated by `provider` and by `status`.
 * Plain JSON: it survives being logged, queued or stored.
 */
export type CallStatusEvent<Name extends ProviderName = ProviderName> = {
  [N in Name]: ProviderEvent<N, ProviderFields[N]>;
}[Name];

/** An event of any provider, including those unknown to the types. */
export type AnyCallStatusEvent = ProviderEvent<string, unknown>;
