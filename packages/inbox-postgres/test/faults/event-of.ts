import { type CallStatus, isTerminal } from '@call-status/core';
import type { NewEvent } from '@call-status/core/inbox';

/** An event of a made-up provider. */
export function eventOf(callId: string, status: CallStatus = 'ringing', raw: unknown = {}): NewEvent {
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
    raw,
  };
}
