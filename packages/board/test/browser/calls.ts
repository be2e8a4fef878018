import type { CallStatus, Inbox } from '@call-status/core';
import type { NewEvent } from '@call-status/core/inbox';

/** Records an event of call `number` of a provider. */
export async function record(
  inbox: Inbox,
  number: number,
  status: CallStatus,
  more: Partial<NewEvent> = {},
): Promise<void> {
  const callId = `call-${String(number).padStart(5, '0')}`;
  const event: object = {
    provider: 'signalwire',
    id: `signalwire:${callId}:${status}`,
    callId,
    status,
    rawStatus: status,
    terminal: ['completed', 'busy', 'no-answer', 'failed', 'canceled'].includes(status),
    receivedAt: new Date().toISOString(),
    source: 'callback',
    trust: 'signed',
    from: '+15555550100',
    to: '+15555550123',
    raw: {},
    ...more,
  };
  await inbox.record(event as NewEvent);
}
