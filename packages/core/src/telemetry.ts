import { type Channel, channel } from 'node:diagnostics_channel';
import type { ErrorCode } from './errors.ts';
import type { AnyCallStatusEvent, CallStatus, Transition } from './event.ts';
import { monotonicNow } from './timer.ts';

/** The event that a message is about. */
export interface TelemetrySubject {
  readonly provider: string;
  /** Contains no phone numbers. */
  readonly eventId: string;
  readonly status: CallStatus;
}

/** One attempt at an event. */
export interface TelemetryAttempt extends TelemetrySubject {
  /** From 1. */
  readonly attempt: number;
}

/**
 * A message on the channel `call-status` of `node:diagnostics_channel`, for metrics and traces. Publishing costs nothing without
 * subscribers. All durations are milliseconds.
 *
 * Callbacks are published in the async context of their request, everything else in the context in which the receiver was created.
 * `attempt.started` is published with `runStores`, so stores bound to the channel are active in the handlers.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel';
 * import type { TelemetryEvent } from '@call-status/core';
 *
 * const failures = new Map<string, number>();
 *
 * subscribe('call-status', (message) => {
 *   const event = message as TelemetryEvent;
 *   if (event.type === 'attempt.failed') failures.set(event.provider, (failures.get(event.provider) ?? 0) + 1);
 * });
 * ```
 */
export type TelemetryEvent =
  /** A callback was answered with 200. `duplicate`: its event was known. */
  | (TelemetrySubject & {
      readonly type: 'callback.accepted' | 'callback.duplicate';
      readonly transition: Transition;
      readonly durationMs: number;
    })
  /** A callback was rejected. */
  | {
      readonly type: 'callback.refused';
      readonly provider?: string | undefined;
      readonly code: ErrorCode;
    }
  /** A request was passed on to the application. */
  | {
      readonly type: 'callback.passed_on';
      readonly provider?: string | undefined;
      readonly reason: string;
    }
  /** The handlers of an event start. */
  | (TelemetryAttempt & { readonly type: 'attempt.started' })
  /** All of them finished. */
  | (TelemetryAttempt & { readonly type: 'attempt.succeeded'; readonly durationMs: number })
  /** One of them failed or timed out; `error` is what it threw. */
  | (TelemetryAttempt & { readonly type: 'attempt.failed'; readonly durationMs: number; readonly error: unknown })
  /** The attempt was interrupted: its lease was lost, or the receiver closed. */
  | (TelemetryAttempt & { readonly type: 'attempt.interrupted'; readonly durationMs: number })
  /** The event is retried later. */
  | (TelemetryAttempt & { readonly type: 'event.retried'; readonly retryInMs: number })
  /** The event became a dead letter. */
  | (TelemetryAttempt & { readonly type: 'event.dead' })
  /** The event counts as handled because no handler is registered here for its status. */
  | (TelemetrySubject & { readonly type: 'event.unhandled' })
  /**
   * A provider was asked what became of a call. `failed`: its API did not answer. `postponed`: it was not asked yet because of a limit.
   */
  | {
      readonly type: 'call.reconciled';
      readonly provider: string;
      readonly result: 'ended' | 'advanced' | 'unchanged' | 'not_found' | 'unknown' | 'failed' | 'postponed';
    };

const telemetry: Channel = channel('call-status');

/** Whether there are subscribers. */
export function isObserved(): boolean {
  return telemetry.hasSubscribers;
}

/** Publishes the result of `make` if there are subscribers. */
export function publish(make: () => TelemetryEvent): void {
  if (telemetry.hasSubscribers) telemetry.publish(make());
}

/** Publishes, and runs a function in the stores that are bound to the channel. */
export function publishAround<Result>(make: () => TelemetryEvent, run: () => Result): Result {
  return telemetry.hasSubscribers ? telemetry.runStores(make(), run) : run();
}

/** The message about a callback whose event is recorded. */
export function acceptance(event: AnyCallStatusEvent, startedAt: number): TelemetryEvent {
  const { provider, id, status, transition } = event;
  const type = transition === 'duplicate' ? 'callback.duplicate' : 'callback.accepted';
  return { type, provider, eventId: id, status, transition, durationMs: monotonicNow() - startedAt };
}
