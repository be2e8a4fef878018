import type { Ack } from '../callback-request.ts';
import type { Limits } from '../decode/fields.ts';
import type { CallStatusEvent } from '../event.ts';
import type { Handlers } from '../handlers/handlers.ts';
import type { RetryOptions } from '../handlers/retry.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Logger } from '../log/log.ts';
import type { EventOf, Provider } from '../provider/define-provider.ts';
import type { PublicUrl } from '../signing/called-url.ts';
import type { Clock, TimeSource } from '../timer.ts';

/** The options of {@link createCallStatus}, and of every adapter. */
export interface CallStatusOptions<Providers extends readonly Provider[] = readonly Provider[]>
  extends Handlers<Provider[] extends Providers ? CallStatusEvent : EventOf<Providers[number]>> {
  /**
   * Whose callbacks to receive. Name one for each endpoint where you can.
   * @default all that are built in, without secrets: only with `NODE_ENV=development` or `test`
   */
  readonly providers?: Providers | undefined;
  /**
   * Where providers reach this application, if a proxy hides it: the origin, and the path prefix that the proxy takes away. If the callback
   * URL has a fragment (`#rt=5000`), it belongs here too.
   * @default what the framework says of the request
   */
  readonly publicUrl?: PublicUrl | undefined;
  /**
   * When to answer an accepted callback with 200, and who does.
   * @default 'recorded'
   */
  readonly ack?: Ack | undefined;
  /**
   * With `ack: 'handled'`, how long the provider may wait, in milliseconds; then it is answered 503. SignalWire waits for 5 s.
   * @default 4000
   */
  readonly ackDeadlineMs?: number | undefined;
  /**
   * How long the inbox may take to record an event, in milliseconds; then the provider is answered 503 and tries again.
   * @default 4000
   */
  readonly recordDeadlineMs?: number | undefined;
  /** Bounds on what is decoded. */
  readonly limits?: { readonly [Name in keyof Limits]?: Limits[Name] | undefined } | undefined;
  /**
   * Where events are recorded before they are acknowledged.
   * @default memoryInbox(), which loses what is not handled when the process dies
   */
  readonly inbox?: Inbox | undefined;
  /**
   * Whether this receiver takes events from the inbox and runs its handlers. With `false`, `calls.startWorker()` starts it. It needs all
   * providers and handlers of the inbox: an event for which it has no handler is done.
   * @default true once it has a handler, so that a receiver which is there to read takes nothing; always with an inbox that is not durable
   */
  readonly worker?: boolean | undefined;
  /**
   * How many calls are handled at once. Some places are kept for each provider: a quarter of them all is shared out evenly.
   * @default 64
   */
  readonly concurrency?: number | undefined;
  /**
   * How long one handler may take, in milliseconds. Then its `context.signal` is aborted and the attempt counts as failed, whatever the
   * handler does after that. `Infinity`: no limit. A provider may have its own.
   * @default 30000
   */
  readonly handlerTimeoutMs?: number | undefined;
  /**
   * For how long an event is this process's before another may take it, in milliseconds; prolonged while a handler runs.
   * @default 15000
   */
  readonly leaseMs?: number | undefined;
  /** How failed handlers are retried. */
  readonly retry?: RetryOptions | undefined;
  /**
   * Accepts callbacks that nothing proves, in production too.
   * @default false
   */
  readonly allowUnauthenticated?: boolean | undefined;
  /**
   * Where to write, such as pino: an object with `warn`, `error` and, for why requests are passed on, `debug`.
   * @default the console, without debug lines unless `NODE_DEBUG=call-status`; Fastify's logger in Fastify
   */
  readonly log?: Logger | undefined;
  /**
   * What time it is. A `TimeSource`, such as `manualClock()` of `@call-status/testing`, also decides when retries, leases and time limits
   * of handlers are due.
   * @default Date.now
   */
  readonly clock?: Clock | TimeSource | undefined;
}
