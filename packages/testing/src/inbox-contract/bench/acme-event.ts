import { type CallStatus, isTerminal } from '@call-status/core';
import type { Clock, NewEvent } from '@call-status/core/inbox';

/** An event of a made-up provider, received now. */
export function acmeEvent(
  clock: Clock,
  callId: string,
  status: CallStatus,
  more: { readonly id?: string; readonly provider?: string; readonly raw?: unknown } = {},
): NewEvent {
  const { provider = 'acme', id = `${provider}:${callId}:${status}`, raw = { state: status } } = more;
  const event = {
    provider,
    id,
    callId,
    status,
    rawStatus: status,
    terminal: isTerminal(status),
    receivedAt: new Date(clock()).toISOString(),
    source: 'callback',
    trust: 'none',
    raw,
    // As in events of a receiver: an inbox must put its own after it.
    transition: undefined,
  } as const;
  return event;
}
