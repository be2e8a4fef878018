/** What the types promise and refuse to someone who uses the core alone. */
import { type CallStatusEvent, createCallStatus, mycpaas, signalwire } from '@call-status/core';

const calls = createCallStatus({
  providers: [signalwire({ signingKey: 'key' }), mycpaas({ allowUnauthenticated: true })],
});

export const on = calls.for('signalwire').onCompleted((event) => {
  const status: 'completed' = event.status;
  const provider: 'signalwire' = event.provider;
  return [status, provider];
});

// @ts-expect-error - no such provider was given to this receiver
calls.for('exotel');

// @ts-expect-error - a misspelt option is an error
signalwire({ signingkey: 'key' });

export function describe(event: CallStatusEvent): string {
  // @ts-expect-error - "finished" is no status of ours
  if (event.status === 'finished') return 'never';
  // @ts-expect-error - events are read-only
  event.callId = 'another';
  return `${event.provider} ${event.callId} ${event.status}`;
}
