import type { ErrorCode } from '../errors.ts';
import type { CallStatus, Direction, Transition, Trust } from '../event.ts';
import type { InboxHealth, WorkerLoad } from '../inbox/health.ts';

/**
 * A message on `call-status:received` of `node:diagnostics_channel`: a request was answered, or passed on to the application. Published in
 * the async context of the request, when the answer is decided and before it is sent.
 *
 * Messages of all channels hold no phone numbers, fields or secrets, except that some providers' call ids contain a number, and so do the
 * event ids made of them: use neither in the attributes of a metric.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel';
 * import type { ReceivedMessage } from '@call-status/core';
 *
 * const refused = new Map<string, number>();
 *
 * subscribe('call-status:received', (message) => {
 *   const { provider = 'unknown', httpStatus = 0 } = message as ReceivedMessage;
 *   if (httpStatus >= 400) refused.set(provider, (refused.get(provider) ?? 0) + 1);
 * });
 * ```
 */
export interface ReceivedMessage {
  /** The provider, if it is known: always one that the receiver has. */
  readonly provider?: string;
  /**
   * What became of the request: the transition of the event that was recorded, `passed_on` to the application, or the code of the error
   * that rejected it.
   */
  readonly outcome: Transition | 'passed_on' | ErrorCode;
  /** Why it was passed on, for people; only with `passed_on`. */
  readonly reason?: string;
  /** The status of the answer; absent if the request was passed on. With `ack: 'manual'`, the application may answer otherwise. */
  readonly httpStatus?: number;
  /** How we know that the event is genuine; absent if none was recorded, as are the next four. */
  readonly trust?: Trust;
  /** The event's status. */
  readonly status?: CallStatus;
  /** The direction of the call, if the event says so. */
  readonly direction?: Direction;
  /** The event's id. May contain a phone number if the provider's call ids do. */
  readonly eventId?: string;
  /** The provider's id for the call. Of some providers, it contains a phone number. */
  readonly callId?: string;
  /** The length of the body in bytes; 0 if it was not read. */
  readonly bytes: number;
  /** When the receiver got the request: milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** From then to the decision about the answer, in milliseconds. */
  readonly durationMs: number;
  /**
   * How much of it was spent on recording the event, in milliseconds; with `ack: 'handled'`, waiting for its handlers included. Absent if
   * it did not come to that.
   */
  readonly recordMs?: number;
  /** When the event happened, by the provider's clock: ISO 8601, UTC; absent if the provider does not say. */
  readonly occurredAt?: string;
  /** Whether the event ended its call. True once per call, here or in {@link ReconciledMessage}, unless the application itself ended it. */
  readonly endsCall: boolean;
  /** How long the conversation lasted, in seconds; only if the event ended its call and says so. */
  readonly durationSeconds?: number;
  /** How the call sounded, 1 (bad) to 5 (excellent); only if the event ended its call and says so. */
  readonly mos?: number;
  /** What the option `traceContext` returned for this request. */
  readonly trace?: string;
}

/**
 * A message on `call-status:handled`: an attempt at an event has ended, and the inbox knows its result. Published in the async context in
 * which the receiver was created.
 */
export interface HandledMessage {
  /** The provider; absent if the receiver does not have it, as when an earlier release recorded the event. */
  readonly provider?: string;
  /** May contain a phone number if the provider's call ids do. */
  readonly eventId: string;
  /** The provider's id for the call. Of some providers, it contains a phone number. */
  readonly callId: string;
  /** The event's status. */
  readonly status: CallStatus;
  /** What the event did to its call. */
  readonly transition: Transition;
  /** From 1. */
  readonly attempt: number;
  /** Identifies the attempt in this process: the same as in {@link HandleMessage}. */
  readonly attemptId: number;
  /**
   * How it ended.
   *
   * - `done`: all handlers finished.
   * - `unhandled`: the event counts as handled, because no handler is registered here for it.
   * - `failed`, `timeout`: a handler failed or took too long, and the event is retried after `retryInMs`.
   * - `dead`: it failed for the last time, and the event is a dead letter.
   * - `lease_lost`: another worker has the event, or may have it. Its result does not count.
   * - `interrupted`: the event was given back, because the receiver closed or the inbox failed. Nothing is counted.
   */
  readonly outcome: HandledOutcome;
  /** The handler that failed, the last one if there are several. */
  readonly handler?: string;
  /** What it threw: anything, and so perhaps with a phone number in it. */
  readonly error?: unknown;
  /** After how many milliseconds the event is retried; only with `failed` and `timeout`. */
  readonly retryInMs?: number;
  /** How long the event had waited when the attempt began, from its receipt, earlier attempts included, in milliseconds. */
  readonly waitedMs: number;
  /** When the attempt began: milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** From then until its handlers had ended, in milliseconds. */
  readonly durationMs: number;
  /** What `traceContext` returned when the event was received. */
  readonly trace?: string;
}

/** How an attempt ended: see {@link HandledMessage}. */
export type HandledOutcome = 'done' | 'unhandled' | 'failed' | 'timeout' | 'dead' | 'lease_lost' | 'interrupted';

/**
 * The messages of the tracing channel `call-status:handle` (`tracing:call-status:handle:start` and so on), around one call of one handler.
 * All messages about it are one object. Stores bound to its `start` channel are active in the handler. `error` is published if the handler
 * throws, rejects or takes too long. The last message is `end`, or `asyncEnd` if `isPending`.
 *
 * @example
 * ```ts
 * import { AsyncLocalStorage } from 'node:async_hooks';
 * import { tracingChannel } from 'node:diagnostics_channel';
 * import type { HandleMessage } from '@call-status/core';
 *
 * // Now your database driver can add the handler to its log lines.
 * export const handling = new AsyncLocalStorage<HandleMessage>();
 * tracingChannel<unknown, HandleMessage>('call-status:handle').start.bindStore(handling);
 * ```
 */
export interface HandleMessage {
  /** The provider: always one that the receiver has. */
  readonly provider: string;
  /** May contain a phone number if the provider's call ids do. */
  readonly eventId: string;
  /** The provider's id for the call. Of some providers, it contains a phone number. */
  readonly callId: string;
  /** The event's status. */
  readonly status: CallStatus;
  /** The name of the handler, such as `signalwire.onCompleted:billing`. */
  readonly handler: string;
  /** From 1. */
  readonly attempt: number;
  /** Identifies the attempt in this process: all its handlers have the same, and so has its {@link HandledMessage}. */
  readonly attemptId: number;
  /** What `traceContext` returned when the event was received, even in another process. */
  readonly trace?: string;
  /** From the message `end` on: whether the handler goes on, so that `asyncStart` and `asyncEnd` follow. */
  isPending?: boolean;
  /**
   * From the message `error` on: what the handler threw, and so perhaps with a phone number in it; or the `CallStatusError` with which it
   * was given up (`handler_timeout`, `lease_lost`, `closed`).
   */
  error?: unknown;
}

/**
 * A message on `call-status:inbox`: the health of the inbox of a receiver that runs handlers, every 15 seconds as long as there are
 * subscribers. Published in the async context in which the receiver was created.
 */
export interface InboxMessage extends InboxHealth {
  /** The name of the worker, which tells apart several receivers of a process. */
  readonly owner: string;
  /** What the worker of this receiver does. */
  readonly worker: WorkerLoad;
}

/**
 * A message on `call-status:reconciled`: a provider was asked what became of a call that has been silent for too long. Published in the
 * async context in which the receiver was created.
 */
export interface ReconciledMessage {
  /** The provider: always one that the receiver has. */
  readonly provider: string;
  /**
   * What was learned.
   *
   * - `ended`, `advanced`: the provider knew more, and an event was recorded.
   * - `unchanged`: the call is as it was.
   * - `not_found`: the provider knows no such call.
   * - `unknown`: its answer says nothing about the call.
   * - `failed`: its API did not answer, or not with success.
   * - `postponed`: it was not asked yet, because of a limit.
   */
  readonly result: ReconciledResult;
  /** How long it took to answer, in milliseconds: the request may have been about several calls. 0 if it was not asked. */
  readonly durationMs: number;
  /** The status of the provider's answer, if it was an error and there was an answer. */
  readonly httpStatus?: number;
  /** Whether the recorded event ended the call. True once per call, in this channel or in `call-status:received`. */
  readonly endsCall: boolean;
  /** The status of the recorded event; absent if none was recorded, as are the next three. */
  readonly status?: CallStatus;
  /** The direction of the call, if the provider said so. */
  readonly direction?: Direction;
  /** How long the conversation lasted, in seconds; only if the event ended its call and the provider said so. */
  readonly durationSeconds?: number;
  /** How the call sounded, 1 (bad) to 5 (excellent); only if the event ended its call and the provider said so. */
  readonly mos?: number;
}

/** What was learned from a provider: see {@link ReconciledMessage}. */
export type ReconciledResult = 'ended' | 'advanced' | 'unchanged' | 'not_found' | 'unknown' | 'failed' | 'postponed';
