import type { Ack, CallbackRequest, Receipt } from '../callback-request.ts';
import type { Limits } from '../decode/fields.ts';
import type { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import type { HandlerOptions, Handlers } from '../handlers/handlers.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Logger } from '../log/log.ts';

/** A request of which the body was not read yet. */
export type RequestHead = Pick<CallbackRequest, 'method' | 'headers' | 'callbackOnly'> &
  Partial<Pick<CallbackRequest, 'url'>>;

/** What an adapter needs of a receiver, or of one of its providers. */
export interface CallbackReceiver {
  /** Whether a request may be a callback, judged by its head; if not, do not touch its body. */
  accepts(head: RequestHead): boolean;
  /**
   * The whole way of a request, up to the answer. `undefined`: not a call status callback, so it is the application's.
   * Never rejects for what a client sends. Once it has called `request.onAccepted`, it never resolves to `undefined`.
   */
  receive(request: CallbackRequest): Promise<Receipt<AnyCallStatusEvent> | undefined>;
  /** The same for a request of the Fetch API: its answer, or `undefined`, with the request's body unused. */
  fetch(request: Request): Promise<Response | undefined>;
  /** The answer to a request that could not be read. */
  reject(error: CallStatusError): Receipt<never>;
  /** Offers the framework's logger, which is taken where the receiver was given no `log`. */
  offerLog?(log: Logger): void;
  /** The methods with which callbacks may come. */
  readonly methods: readonly ('POST' | 'GET')[];
  /** When accepted callbacks are answered; with `manual`, not by the adapter. */
  readonly ack: Ack;
  readonly limits: Limits;
}

/** `calls.onCompleted(fn, { name: 'billing' })`: the handlers as methods, each returning its receiver. */
export type Registrars<Event, Self> = {
  readonly [Name in keyof Handlers<Event>]-?: (
    handler: NonNullable<Handlers<Event>[Name]>,
    options?: HandlerOptions,
  ) => Self;
};

/** One provider of a receiver: to register handlers for it, and to name it for an endpoint. */
export interface ProviderReceiver<Event> extends CallbackReceiver, Registrars<Event, ProviderReceiver<Event>> {
  /**
   * Records what your application knows of a call without a callback: that it made the call, or what the provider's API says of one whose
   * callback never came. Handlers run as they do for a callback. Nothing proves such an event, so its `trust` is `none`.
   *
   * @param fields as a callback has them, in the names and words of the provider
   * @returns the event, with its transition
   * @throws CallStatusError `invalid_callback` where the call id or the status is missing; `closed`; `not_handled` with `ack: 'handled'`; those
   * of the inbox
   * @example
   * ```ts
   * import { createCallStatus, signalwire } from '@call-status/core';
   *
   * const calls = createCallStatus({ providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })] });
   *
   * // After each request to SignalWire that makes a call.
   * export async function expectCall(sid: string, from: string, to: string): Promise<void> {
   *   await calls.provider('signalwire').record({ CallSid: sid, CallStatus: 'queued', From: from, To: to });
   * }
   * ```
   */
  record(fields: object, options?: RecordOptions): Promise<AnyCallStatusEvent>;
}

/** What the fields of a call do not say. */
export interface RecordOptions {
  /** Whose call it is, where one receiver serves several tenants. */
  readonly tenant?: string;
}

/**
 * What {@link createCallStatus} returns: the whole pipeline, without a framework. `Receiver` without events of its own is a
 * receiver of any providers.
 */
export interface Receiver<Event = AnyCallStatusEvent> extends CallbackReceiver, Registrars<Event, Receiver<Event>> {
  /** One of the providers: `calls.provider('signalwire').onCompleted(fn)`, `callStatusMiddleware(calls.provider('exotel'))`. */
  provider<Name extends EventName<Event>>(name: Name): ProviderReceiver<Event & { readonly provider: Name }>;
  /** Where events are recorded: calls, dead letters, counts. */
  readonly inbox: Inbox;
  /** Whether `close()` was called: callbacks are refused with 503 from then on, and answers ask clients to close their connection. */
  readonly closing: boolean;
  /**
   * Opens the inbox, so that a wrong path or password shows before the server listens. A receiver with handlers does it by itself.
   * @throws CallStatusError of the inbox, such as `inbox_unwritable`; it may be called again
   */
  ready(): Promise<void>;
  /** Starts to run handlers here, when `worker: false` did not, and keeps the process alive until `close()`. */
  startWorker(): void;
  /**
   * Takes no more callbacks (503), waits for the running handlers and closes the inbox, all of it within the deadline. What is not handled by then stays in a durable
   * inbox for the next start; of the memory inbox, everything that is due is handled first. Stop the HTTP server first. Safe to call twice.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** The names of the providers of these events. */
export type EventName<Event> = Event extends { readonly provider: infer Name extends string } ? Name : never;

/** How to close a receiver. */
export interface CloseOptions {
  /**
   * How long running handlers may take, in milliseconds; then their `signal` is aborted.
   * @default 10000
   */
  readonly deadlineMs?: number;
}
