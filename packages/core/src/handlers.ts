import type { Call } from './call.ts';
import type { CallStatusError } from './errors.ts';
import type { AnyCallStatusEvent, CallStatus, TerminalStatus } from './event.ts';
import type { Logger } from './log/log.ts';
import type { NoticeHandler } from './notice.ts';

/** The handler to call when a call reaches a status. */
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
  /** The number of failed attempts, plus one. Interrupted attempts, for example by a crash, do not count. */
  readonly attempt: number;
  /**
   * Aborted when the handler takes longer than `handlerTimeoutMs`, when the receiver shuts down past its deadline, or when the lease is
   * lost and another worker may have the event. Pass it to `fetch` and the like: a handler that does not stop keeps running alongside the
   * next attempt.
   */
  readonly signal: AbortSignal;
  /**
   * Increases with each attempt at this event, and from event to event of a call, across all processes. Use it to prevent an older attempt
   * that is still running from overwriting newer data. A replayed dead letter has a lower one than the events after it.
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
  /**
   * A transaction in the database of the inbox, which is committed together with the result of the event: what the handler writes there
   * takes effect exactly once. Handlers of one attempt share it; if one of them fails, all its writes are undone, and every handler that
   * used it runs again. Only with an inbox whose database your own tables live in, such as `postgresInbox()`; with any other, `query`
   * rejects with `no_transaction`.
   * @example
   * ```ts
   * import { createCallStatus, type Inbox, signalwire } from '@call-status/core';
   *
   * declare const inbox: Inbox; // postgresInbox({ url })
   *
   * createCallStatus({
   *   providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })],
   *   inbox,
   *   onCompleted: async ({ callId, durationSeconds }, { transaction }) => {
   *     await transaction.query('INSERT INTO bills (call, seconds) VALUES ($1, $2)', [callId, durationSeconds]);
   *   },
   * });
   * ```
   */
  readonly transaction: Transaction;
  /** The receiver's `log`. */
  readonly log: Logger;
  /** The call with its events so far. */
  readonly call: () => Promise<Call>;
  /** The framework's request, if this process received it and this is the first attempt. */
  readonly request?: unknown;
}

/**
 * A transaction in the database of the inbox, for the writes of handlers. They are committed together with the result of their event, so
 * they take effect exactly once.
 */
export interface Transaction {
  /**
   * Runs one statement. The transaction begins with the first.
   * @param values of `$1`, `$2` and so on
   * @throws the error of the database; nothing that this attempt wrote takes effect then
   */
  query<Row = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: Row[]; readonly rowCount: number | null }>;
}

/** Your function for an event. When it throws or rejects, the event is retried. */
export type Handler<Event> = (event: Event, context: HandlerContext) => unknown;

/**
 * Your function for errors: called for every rejected callback, failed handler and dead letter, and for every other error at run time.
 * Anything it throws is logged and otherwise ignored.
 */
export type ErrorHandler = (error: CallStatusError) => unknown;

/** How a handler is registered. */
export interface HandlerOptions {
  /**
   * The name by which the inbox remembers the handler, so that a retry runs only the handlers that failed, even in the next release. It
   * must be unique among the handlers of one kind (`onCompleted`) and provider. Set it if a bundler shortens function names.
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

/** The events with one of the given statuses. */
export type WithStatus<Event, Status extends CallStatus> = Extract<Event, { readonly status: Status }>;

/**
 * The handlers, for one provider or for all. The handler of a status and `onEnded` run when the call moves forward (`advance`), so
 * effectively once per call; `onStatus` runs for every event.
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
  /**
   * Nothing was heard of a call: your application expects it, and no callback came in time (`never_reported`), or nothing was learned about
   * its end until `reconcile.giveUpAfterMs` (`not_ended`). Called once for each, after the provider was asked where that is possible.
   */
  readonly onMissing?: NoticeHandler;
  /** A live call has been silent for longer than its status allows, and its provider could not say more. Called once per call. */
  readonly onStuck?: NoticeHandler;
  /** Called for every rejected callback, failed handler and dead letter, and for every other error at run time. */
  readonly onError?: ErrorHandler;
}

/** The name of a handler option, such as `onCompleted`. */
export type HandlerName = keyof Handlers;

/** The names of all handler options. */
export const HANDLER_NAMES: readonly HandlerName[] = [
  ...Object.values(STATUS_HANDLERS),
  'onEnded',
  'onStatus',
  'onMissing',
  'onStuck',
  'onError',
];
