import type { AnyCallStatusEvent } from '@call-status/core';
import type { StreamEvent } from '../api/types.ts';
import type { Keys } from '../privacy/keys.ts';

/** What the page needs of an event to find its call. */
export function streamEventOf(event: AnyCallStatusEvent, keys: Keys, isRevealed: boolean): StreamEvent {
  const { provider, status, transition, receivedAt } = event;
  return { key: keys.ofCall(event, isRevealed), provider, status, transition, receivedAt };
}
