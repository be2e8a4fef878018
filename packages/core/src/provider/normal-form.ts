import type { CallDetails, CallStatus } from '../event.ts';

/**
 * The result of a provider's `normalize`: the parts of the event that the provider reports. `undefined` is the same as absent; derived
 * parts (`id`, `terminal`, `trust`, …) are added later.
 */
export type NormalForm = {
  readonly [Name in keyof CallDetails as Exclude<Name, 'answered'>]?: CallDetails[Name] | undefined;
} & {
  /** The provider's id for the call. */
  readonly callId: string;
  /** The provider's own status word; empty if it sent none. */
  readonly rawStatus: string;
  /** Needed only if the table `statuses` is not enough. */
  readonly status?: CallStatus | undefined;
  /** When it happened, by the provider's clock: ISO 8601, UTC. */
  readonly occurredAt?: string | undefined;
  /** The provider's count of the events of this call. */
  readonly sequence?: number | undefined;
  /**
   * Whether the other party picked up. Absent: derived from the status (`in-progress`: yes; `busy`, `no-answer`, `canceled`: no; else
   * unknown). `null`: unknown, whatever the status.
   */
  readonly answered?: boolean | null | undefined;
};
