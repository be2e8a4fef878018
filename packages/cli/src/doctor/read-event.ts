import {
  type AnyCallStatusEvent,
  type CallbackRequest,
  createCallStatus,
  memoryInbox,
  type Provider,
} from '@call-status/core';
import type { ProviderLike } from '@call-status/testing';
import { ownOptionsOf } from './recognize.ts';

/** What a receiver makes of a request that is genuine: an event, or an error. Neither: it is another message of the provider. */
export interface Outcome {
  readonly event?: AnyCallStatusEvent;
  /** The code and the text of the error. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** Receives a request of one provider in memory, without asking for a proof. */
export async function readEvent(request: CallbackRequest, provider: ProviderLike, atMs: number): Promise<Outcome> {
  const { definition } = provider;
  const options = { ...ownOptionsOf(provider), allowUnauthenticated: true };
  const own: Provider = { name: definition.name, definition, options };
  const calls = createCallStatus({
    providers: [own],
    inbox: memoryInbox(),
    clock: () => atMs,
    log: SILENT,
    worker: false,
  });
  try {
    const receipt = await calls.receive(request);
    if (receipt?.event !== undefined) return { event: receipt.event };
    return receipt?.error === undefined ? {} : { error: { code: receipt.error.code, message: receipt.error.message } };
  } finally {
    await calls.close();
  }
}

const SILENT = { warn(): void {}, error(): void {} };
