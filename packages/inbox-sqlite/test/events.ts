import { type CallStatus, isTerminal, type Unrecorded } from '@call-status/core';
import type { NewEvent } from '../src/store.ts';

/** An event of a made-up provider. */
export function anEvent(callId: string, status: CallStatus = 'ringing', more: Partial<Unrecorded> = {}): Unrecorded {
  return {
    provider: 'acme',
    id: `acme:${callId}:${status}`,
    callId,
    status,
    rawStatus: status,
    terminal: isTerminal(status),
    receivedAt: new Date().toISOString(),
    trust: 'none',
    raw: { state: status },
    ...more,
  };
}

/** What a store needs of an event. */
export function rowOf(event: Unrecorded): NewEvent {
  const { provider, tenant = '', callId, id, status, terminal, receivedAt } = event;
  return [provider, tenant, callId, id, status, terminal, Date.parse(receivedAt), JSON.stringify(event)];
}
