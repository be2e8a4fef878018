import type { CallDetails, CallStatus } from '../event.ts';

/**
 * What a provider's `normalize` returns: the parts of the event that the provider tells.
 * `undefined` is the same as absent; what is derived (`id`, `terminal`, `trust`, …) is added to it.
 */
export type NormalForm = {
  readonly [Name in keyof CallDetails as Exclude<Name, 'answered'>]?: CallDetails[Name] | undefined;
} & {
  /** The provider's id of the call. */
  readonly callId: string;
  /** The provider's own status word; empty if it sent none. */
  readonly rawStatus: string;
  /** Only if the table `statuses` is not enough. */
  readonly status?: CallStatus | undefined;
  /** When it happened, by the provider's clock: ISO 8601, UTC. */
  readonly occurredAt?: string | undefined;
  /** The provider's count of the events of this call. */
  readonly sequence?: number | undefined;
  /**
   * Whether the other party picked up. Absent: as the status says (`in-progress`: yes; `busy`, `no-answer`, `canceled`: no; else unknown).
   * `null`: this event cannot tell, whatever its status says.
   */
  readonly answered?: boolean | null | undefined;
};
