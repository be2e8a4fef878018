import type { Ack } from '../callback-request.ts';
import type { Limits } from '../decode/fields.ts';
import type { CallStatusEvent } from '../event.ts';
import type { Handlers } from '../handlers.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Logger } from '../log/log.ts';
import type { EventOf, Provider } from '../provider/define-provider.ts';
import type { ReconcileOptions } from '../reconcile/rules.ts';
import type { RetryOptions } from '../retry.ts';
import type { PublicUrl } from '../signing/called-url.ts';
import type { Clock, TimeSource } from '../timer.ts';

/** The options of {@link createCallStatus}, and of every adapter. */
export interface CallStatusOptions<Providers extends readonly Provider[] = readonly Provider[]>
  extends Handlers<Provider[] extends Providers ? CallStatusEvent : EventOf<Providers[number]>> {
  /**
   * The providers to receive callbacks from. If possible, use a separate URL with one provider each.
   * @default all built-in providers, without secrets: only with `NODE_ENV=development` or `test`. In a bundle, those that the application
   * imports
   */
  readonly providers?: Providers | undefined;
  /**
   * The address at which providers reach this application, if it is behind a proxy: the origin, and the path prefix that the proxy removes.
   * If the callback URL has a fragment (`#rt=5000`), include it.
   * @default the address that the framework reports for the request
   */
  readonly publicUrl?: PublicUrl | undefined;
  /**
   * When an accepted callback is answered with 200, and by whom.
   * @default 'recorded'
   */
  readonly ack?: Ack | undefined;
  /**
   * With `ack: 'handled'`, how long to wait for the handlers before answering 503, in milliseconds. SignalWire waits 5 s for an answer.
   * @default 4000
   */
  readonly ackDeadlineMs?: number | undefined;
  /**
   * How long the inbox may take to record an event, in milliseconds; after that, the answer is 503 and the provider retries.
   * @default 4000
   */
  readonly recordDeadlineMs?: number | undefined;
  /** Limits on what is decoded. */
  readonly limits?: { readonly [Name in keyof Limits]?: Limits[Name] | undefined } | undefined;
  /**
   * Where events are recorded before they are acknowledged.
   * @default memoryInbox(), which loses unhandled events if the process dies
   */
  readonly inbox?: Inbox | undefined;
  /**
   * Whether this receiver takes events from the inbox and runs its handlers. With `false`, `calls.startWorker()` starts it. It must have
   * all providers and handlers for the events in the inbox: an event without a handler counts as handled.
   * @default true once it has a handler, so that a receiver that only reads takes no events; always true with an inbox that is not durable
   */
  readonly worker?: boolean | undefined;
  /**
   * How many calls are handled at once. A quarter of these places is reserved, divided evenly among the
   * providers, at least one for each; none with fewer than two places for each.
   * @default 64
   */
  readonly concurrency?: number | undefined;
  /**
   * How long one handler may take, in milliseconds. After that, `context.signal` is aborted and the attempt counts as failed, whatever the
   * handler does later. `Infinity`: no limit. A provider can override it.
   * @default 30000
   */
  readonly handlerTimeoutMs?: number | undefined;
  /**
   * How long an event belongs to this process before another may take it, in milliseconds; extended while a handler runs.
   * @default 15000
   */
  readonly leaseMs?: number | undefined;
  /**
   * The longest time between two checks of the inbox for events, in milliseconds. The inbox usually says at once when there are some. Also
   * the pause after it failed.
   * @default 1000
   */
  readonly pollMs?: number | undefined;
  /** How failed handlers are retried. */
  readonly retry?: RetryOptions | undefined;
  /**
   * When calls without an end are looked after. One process of those that share the inbox does it, among those that run handlers and have
   * this option, a provider with `api`, `onMissing` or `onStuck`, or have called `expect()`.
   * @default see {@link ReconcileOptions}
   */
  readonly reconcile?: ReconcileOptions | undefined;
  /**
   * Which rejected callbacks the inbox keeps, so that someone can find out why: `inbox.refusals`. `false`: none.
   * @default { rows: 500, raw: false }
   */
  readonly keepRefused?: false | KeepRefusedOptions | undefined;
  /**
   * Returns the current trace as a W3C `traceparent`, to store it with the event: the messages about its handlers have it then, after a
   * retry or a restart and in other processes too. Called for each accepted callback just before its event is recorded, in the async
   * context of its request. If it throws or returns anything else, the event is recorded without.
   * `instrumentCallStatus()` of `@call-status/opentelemetry` makes one.
   * @default none
   */
  readonly traceContext?: (() => string | undefined) | undefined;
  /**
   * Accepts unauthenticated callbacks, in production too.
   * @default false
   */
  readonly allowUnauthenticated?: boolean | undefined;
  /**
   * The logger, such as pino: an object with `warn`, `error` and, optionally, `debug`, which gets the reasons why requests are passed on.
   * @default the console, without debug lines unless `NODE_DEBUG=call-status`; Fastify's logger in Fastify
   */
  readonly log?: Logger | undefined;
  /**
   * The current time. A `TimeSource`, such as `manualClock()` of `@call-status/testing`, also controls retries, leases and handler
   * timeouts.
   * @default Date.now
   */
  readonly clock?: Clock | TimeSource | undefined;
}

/** How rejected callbacks are kept. */
export interface KeepRefusedOptions {
  /**
   * How many to keep; the oldest make room for new ones. Together they take at most 8 MiB.
   * @default 500
   */
  readonly rows?: number | undefined;
  /**
   * Whether to keep the whole request too, so that it can be checked again: method, URL, headers, and up to 16 kB of the body, phone
   * numbers included. Tokens are replaced, and so are the values of fields and headers whose names say that they may be secrets.
   * @default false
   */
  readonly raw?: boolean | undefined;
}
