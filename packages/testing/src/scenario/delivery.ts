import type { CallbackRequest } from '@call-status/core';
import type { Callback } from '../callback/callback.ts';
import type { FaultName } from './faults.ts';

/** A callback of a scenario, as it arrives. */
export interface Delivery {
  readonly callback: Callback;
  /** What goes wrong with it: not `multipart` if the provider has only one encoding. With `abort`, it does not arrive: its connection breaks in the middle of the body. */
  readonly faults: readonly FaultName[];
  /** How long its body takes, in milliseconds. */
  readonly bodyMs: number;
  /** Whether a receiver refuses it, since its signature is for another URL. */
  readonly isRefused: boolean;
}

/** Receives callbacks: a receiver, or the receiver of one provider. */
export interface Playable {
  receive(request: CallbackRequest): Promise<{ readonly status: number } | undefined>;
}
