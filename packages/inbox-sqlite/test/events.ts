import { type CallStatus, isTerminal } from '@call-status/core';
import type { NewEvent } from '@call-status/core/inbox';

/** An event of a made-up provider. */
export function anEvent(callId: string, status: CallStatus = 'ringing', more: Partial<NewEvent> = {}): NewEvent {
  return {
    provider: 'acme',
    id: `acme:${callId}:${status}`,
    callId,
    status,
    rawStatus: status,
    terminal: isTerminal(status),
    receivedAt: new Date().toISOString(),
    source: 'callback',
    trust: 'none',
    raw: { state: status },
    ...more,
  };
}
