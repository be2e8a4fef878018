import type { Call } from '../call.ts';
import type { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent, CallStatus, TerminalStatus } from '../event.ts';
import type { Logger } from '../log/log.ts';

/** The handler that is called when a call reaches a status. */
export const STATUS_HANDLERS = {
  queued: 'onQueued',
  initiated: 'onInitiated',
  ringing: 'onRinging',
  'in-progress': 'onInProgress',
  completed: 'onCompleted',
  busy: 'onBusy',
  'no-answer': 'onNoAnswer',
  failed: 'onFailed',
  canceled: 'onCanceled',
} as const;

/** What a handler gets besides the event. */
export interface HandlerContext {
  /** From 1: failed attempts, plus one. An attempt that was interrupted, for example by a crash, does not count. */
  readonly attempt: number;
  /**
   * Aborted when the handler takes longer than `handlerTimeoutMs`, when the receiver shuts down past its deadline, or when the lease is lost
   * and another worker may have the event. Pass it to `fetch` and the like: a handler that does not stop runs on beside the next attempt.
   */
  readonly signal: AbortSignal;
  /**
   * Rises with each attempt at this event, in all processes: for writes that an older attempt, still running somewhere, must not undo.
   * @example
   * ```ts
   * import type { Handler } from '@call-status/core';
   *
   * declare const db: { query(sql: string, values: readonly unknown[]): Promise<void> };
   *
   * export const save: Handler<{ readonly callId: string; readonly status: string }> = (event, { fence }) =>
   *   db.query('UPDATE calls SET status = $1, fence = $2 WHERE id = $3 AND fence < $2', [event.status, fence, event.callId]);
   * ```
   */
  readonly fence: number;
  /** The receiver's `log`. */
  readonly log: Logger;
  /** The call with its events so far. */
  readonly call: () => Promise<Call>;
  /** The framework's request, if this process received it and this is the first attempt. */
  readonly request?: unknown;
}

/** Your function for an event. When it throws or rejects, the event is retried. */
export type Handler<Event> = (event: Event, context: HandlerContext) => unknown;

/**
 * Your function for errors: for every refused callback, failed handler and dead letter, and every other error at run time.
 * What it throws is logged and dropped.
 */
export type ErrorHandler = (error: CallStatusError) => unknown;

/** How a handler is registered. */
export interface HandlerOptions {
  /**
   * The name by which the inbox remembers the handler, so that a retry runs only the handlers that failed, even in the next release. Unique
   * among the handlers of one kind (`onCompleted`) and provider. Set it if a bundler shortens the names of functions.
   * @default the function's own name
   * @example
   * ```ts
   * import { createCallStatus, signalwire } from '@call-status/core';
   *
   * const calls = createCallStatus({ providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })] });
   * calls.onCompleted((event) => console.log(event.durationSeconds), { name: 'billing' });
   * ```
   */
  readonly name?: string;
}

/** The events with a status, or with one of several. */
export type WithStatus<Event, Status extends CallStatus> = Extract<Event, { readonly status: Status }>;

/**
 * The handlers, for one provider or for all. A status's own handler and `onEnded` run when the call moves forward (`advance`),
 * so effectively once per call; `onStatus` runs for every event.
 */
export interface Handlers<Event = AnyCallStatusEvent> {
  /** The call is now `queued`. */
  readonly onQueued?: Handler<WithStatus<Event, 'queued'>>;
  /** The call is now `initiated`. */
  readonly onInitiated?: Handler<WithStatus<Event, 'initiated'>>;
  /** The call is now `ringing`. */
  readonly onRinging?: Handler<WithStatus<Event, 'ringing'>>;
  /** The call is now `in-progress`. */
  readonly onInProgress?: Handler<WithStatus<Event, 'in-progress'>>;
  /** The call is now `completed`. */
  readonly onCompleted?: Handler<WithStatus<Event, 'completed'>>;
  /** The call is now `busy`. */
  readonly onBusy?: Handler<WithStatus<Event, 'busy'>>;
  /** The call is now `no-answer`. */
  readonly onNoAnswer?: Handler<WithStatus<Event, 'no-answer'>>;
  /** The call is now `failed`. */
  readonly onFailed?: Handler<WithStatus<Event, 'failed'>>;
  /** The call is now `canceled`. */
  readonly onCanceled?: Handler<WithStatus<Event, 'canceled'>>;
  /** The call has ended, with any status. */
  readonly onEnded?: Handler<WithStatus<Event, TerminalStatus>>;
  /** Every event that is not a duplicate, whatever its transition. */
  readonly onStatus?: Handler<Event>;
  /** Called for every refused callback, failed handler and dead letter, and every other error at run time. */
  readonly onError?: ErrorHandler;
}

/** The name of a handler option, such as `onCompleted`. */
export type HandlerName = keyof Handlers;

/** The names of all handler options. */
export const HANDLER_NAMES: readonly HandlerName[] = [
  ...Object.values(STATUS_HANDLERS),
  'onEnded',
  'onStatus',
  'onError',
];
