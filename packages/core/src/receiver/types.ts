import type { CallbackReceiver } from '../callback-request.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import type { HandlerOptions, Handlers } from '../handlers.ts';
import type { WorkerLoad } from '../inbox/health.ts';
import type { Inbox, InboxHealth } from '../inbox/inbox.ts';
import type { ReconcileDecision } from '../inbox/request-reconcile.ts';
import type { Watch, WatchedCall } from '../inbox/watches.ts';
import type { Logger } from '../log/log.ts';
import type { ExpectOptions } from '../reconcile/expect.ts';
import type { DiagnosedRefusal, RefusalDiagnosis } from './diagnose-refusal.ts';

/** `calls.onCompleted(fn, { name: 'billing' })`: the handlers as methods, each returning its receiver. */
export type Registrars<Event, Self> = {
  readonly [Name in keyof Handlers<Event>]-?: (
    handler: NonNullable<Handlers<Event>[Name]>,
    options?: HandlerOptions,
  ) => Self;
};

/** One provider of a receiver: registers handlers for it, and receives its callbacks at a URL of its own. */
export interface ProviderReceiver<Event> extends CallbackReceiver, Registrars<Event, ProviderReceiver<Event>> {
  /**
   * Says that your application has started a call. If no callback comes in time, the provider is asked about it where that is possible, and
   * `onMissing` is called. It records no event; it may come before or after the first callback, and more than once. It is kept in the inbox,
   * so it survives a restart.
   *
   * @throws CallStatusError `invalid_options`; `closed`; those of the inbox
   * @example
   * ```ts
   * import { createCallStatus, exotel } from '@call-status/core';
   *
   * const calls = createCallStatus({
   *   providers: [exotel({ token: process.env.EXOTEL_TOKEN! })],
   *   onMissing: ({ reason, callId, expected }) => console.warn(reason, callId, expected?.custom),
   * });
   *
   * export async function started(callId: string, order: string): Promise<void> {
   *   await calls.provider('exotel').expect({ callId, withinMs: 60_000, custom: order });
   * }
   * ```
   */
  expect(call: ExpectOptions): Promise<void>;
  /**
   * Records what your application knows about a call without a callback: that it made the call, or what the provider's API reports about
   * one whose callback never came. Handlers run as they do for a callback. Such an event is not authenticated, so its `trust` is `none`.
   *
   * @param fields with names and values as in a callback of the provider
   * @returns the event, with its transition
   * @throws CallStatusError `invalid_callback` if the call id or the status is missing; `invalid_options`; `closed`; `not_handled` with
   * `ack: 'handled'`; those of the inbox
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

/** Data that is not among the fields. */
export interface RecordOptions {
  /** The tenant that the call belongs to, if one receiver serves several. */
  readonly tenant?: string;
}

/**
 * What {@link createCallStatus} returns: a receiver that does not depend on a framework. Without a type argument, a receiver of any
 * providers.
 */
export interface Receiver<Event = AnyCallStatusEvent> extends CallbackReceiver, Registrars<Event, Receiver<Event>> {
  /** One of the providers: `calls.provider('signalwire').onCompleted(fn)`, `callStatusMiddleware(calls.provider('exotel'))`. */
  provider<Name extends EventName<Event>>(name: Name): ProviderReceiver<Event & { readonly provider: Name }>;
  /** The names of its providers. */
  readonly providerNames: readonly string[];
  /** Where it logs: the option `log`, the framework's logger, or the console. */
  readonly log: Logger;
  /** Where events are recorded: calls, dead letters, counts. */
  readonly inbox: Inbox;
  /** Whether `close()` was called. From then on, callbacks are answered with 503, and clients are asked to close their connections. */
  readonly closing: boolean;
  /**
   * Opens the inbox, so that a wrong path or password shows before the server listens. A receiver with handlers opens it by itself.
   * @throws CallStatusError of the inbox, such as `inbox_unwritable`; call it again to retry
   */
  ready(): Promise<void>;
  /**
   * For health checks: how many events wait in the inbox, and what the worker of this process does. Handlers that hang show at once, as
   * `worker.oldestRunningMs`.
   * @throws CallStatusError of the inbox
   * @example
   * ```ts
   * import { createCallStatus, signalwire } from '@call-status/core';
   *
   * const calls = createCallStatus({ providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })] });
   * const { inbox, worker } = await calls.health();
   * const isHealthy = inbox.lagMs < 60_000 && (worker?.oldestRunningMs ?? 0) < 60_000;
   * ```
   */
  health(): Promise<ReceiverHealth>;
  /**
   * Delivers a notice once more that `onMissing` or `onStuck` failed to take at every attempt.
   *
   * @param watch a row of `inbox.watches.list({ state: 'failed' })`
   * @returns `false` if the call is no longer watched, or has changed since it was read
   * @throws CallStatusError of the inbox
   * @example
   * ```ts
   * import { createCallStatus, signalwire } from '@call-status/core';
   *
   * const calls = createCallStatus({ providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })] });
   * const { rows } = await calls.inbox.watches.list({ state: 'failed' });
   * for (const watch of rows) await calls.retryNotice(watch);
   * ```
   */
  retryNotice(watch: Watch): Promise<boolean>;
  /**
   * Has the provider asked about a call now, without waiting until the call has been silent for too long. It is asked by the process that
   * looks after the calls of this inbox, as soon as the limits of its API allow it. What it says is recorded as an event with
   * `source: 'reconciled'`, and handlers run. If it says nothing new, `progress.request.result` of `inbox.watches.get(call)` says why.
   *
   * @param call such as a row of `inbox.listCalls()`
   * @returns `requested`, or why the provider is not asked. A call that has ended is asked for if the length of its conversation is lacking.
   * @throws CallStatusError `invalid_options`; `closed`; those of the inbox
   * @example
   * ```ts
   * import { createCallStatus, exotel } from '@call-status/core';
   *
   * const api = { sid: 'acme1', key: process.env.EXOTEL_KEY!, token: process.env.EXOTEL_API_TOKEN!, region: 'in' } as const;
   * const calls = createCallStatus({ providers: [exotel({ token: process.env.EXOTEL_TOKEN!, api })] });
   * const { rows } = await calls.inbox.listCalls({ state: 'live', silentForMs: 60_000 });
   * for (const call of rows) await calls.reconcile(call);
   * ```
   */
  reconcile(call: WatchedCall): Promise<ReconcileDecision>;
  /**
   * Explains a rejected callback of `inbox.refusals`, whose request was kept (`keepRefused: { raw: true }`), with the secrets of this
   * receiver. Takes about 25 ms of the event loop, like `diagnose()`.
   * @example
   * ```ts
   * import { createCallStatus, signalwire } from '@call-status/core';
   *
   * const calls = createCallStatus({
   *   providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })],
   *   keepRefused: { raw: true },
   * });
   * const { rows } = await calls.inbox.refusals.list({ limit: 1 });
   * for (const refusal of rows) console.log((await calls.diagnose(refusal)).diagnosis?.findings);
   * ```
   */
  diagnose(refusal: DiagnosedRefusal): Promise<RefusalDiagnosis>;
  /** Starts running handlers in this process, which `worker: false` prevents, and keeps the process alive until `close()`. */
  startWorker(): void;
  /**
   * Rejects new callbacks (503), waits for the running handlers and closes the inbox, all within the deadline. A durable inbox keeps
   * unhandled events for the next start; with the memory inbox, everything that is due is handled first. Stop the HTTP server first.
   * Calling it again returns the same promise. Invalid options are reported as `invalid_options`, and the default deadline applies.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** What `calls.health()` resolves to. */
export interface ReceiverHealth {
  /** The health of the inbox, with the events of all processes that share it. */
  readonly inbox: InboxHealth;
  /** What the worker of this process does; absent if no handlers run here. */
  readonly worker?: WorkerLoad;
  /** Whether this process is the one that looks after calls without an end; absent if it never does. */
  readonly leads?: boolean;
}

/** The names of the providers of these events. */
export type EventName<Event> = Event extends { readonly provider: infer Name extends string } ? Name : never;

/** How to close a receiver. */
export interface CloseOptions {
  /**
   * How long running handlers may take, in milliseconds. Then their `signal` is aborted.
   * @default 10000
   */
  readonly deadlineMs?: number;
}
