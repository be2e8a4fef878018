import { handled } from '../telemetry/channels.ts';
import type { HandledMessage, HandledOutcome } from '../telemetry/messages.ts';
import { monotonicNow } from '../timer.ts';
import type { Attempt } from './attempt.ts';
import type { WorkerOptions } from './worker-options.ts';

/**
 * Publishes that an attempt has ended, if something listens.
 *
 * @param isHandled whether its event was handled, and the inbox knows it
 */
export function publishHandled(
  attempt: Attempt,
  isHandled: boolean,
  options: Pick<WorkerOptions, 'providers' | 'clock'>,
): void {
  if (handled.hasSubscribers) handled.publish(messageAbout(attempt, isHandled, options));
}

function messageAbout(
  attempt: Attempt,
  isHandled: boolean,
  { providers, clock }: Pick<WorkerOptions, 'providers' | 'clock'>,
): HandledMessage {
  const { job, id: attemptId, startedAt, handlersEndedAt, failed } = attempt;
  const { provider, id: eventId, callId, status, transition, receivedAt } = job.event;
  const agoMs = monotonicNow() - startedAt;
  return {
    ...(providers.has(provider) && { provider }),
    eventId,
    callId,
    status,
    transition,
    attempt: job.attempt,
    attemptId,
    outcome: outcomeOf(attempt, isHandled),
    ...(failed !== undefined && attempt.failure !== undefined && { handler: attempt.failure.handler }),
    ...failed,
    // The event may have been received by another clock.
    waitedMs: Math.max(0, clock() - agoMs - Date.parse(receivedAt)),
    startedAtMs: Date.now() - agoMs,
    durationMs: handlersEndedAt - startedAt,
    ...(job.trace !== undefined && { trace: job.trace }),
  };
}

function outcomeOf(
  { failed, failure, isUnhandled, isLost, interruption }: Attempt,
  isHandled: boolean,
): HandledOutcome {
  if (isHandled) return isUnhandled ? 'unhandled' : 'done';
  if (failed !== undefined) {
    if (failed.retryInMs === undefined) return 'dead';
    return failure?.isTimeout ? 'timeout' : 'failed';
  }
  return isLost || interruption?.code === 'lease_lost' ? 'lease_lost' : 'interrupted';
}
