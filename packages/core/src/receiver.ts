import { inspect } from 'node:util';
import { Arrival, ArrivalList } from './arrivals.ts';
import { authenticate } from './authenticate/authenticate.ts';
import type { Limits } from './decode/fields.ts';
import { CallStatusError, ERRORS, type ErrorCode, isCallStatusError } from './errors.ts';
import { type AnyCallStatusEvent, type CallStatusEvent, type Trust, withTransition } from './event.ts';
import { receiveFetch } from './fetch.ts';
import type { Handlers } from './handlers.ts';
import type { Inbox, Recorded, Unrecorded } from './inbox.ts';
import { match, mayBeCallback, methodsOf } from './match.ts';
import { Message } from './message.ts';
import { normalise } from './normalise.ts';
import { type CallStatusOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import type { EventOf, Provider } from './provider.ts';
import { HANDLER_NAMES, HandlerRegistry } from './registry.ts';
import type { CallbackRequest, Receipt } from './request.ts';
import { clearInterval, LONGEST_TIMER_MS, monotonicNow, setInterval } from './timer.ts';
import { createWorker, type Worker } from './worker.ts';

/** A request of which the body was not read yet. */
export type RequestHead = Pick<CallbackRequest, 'method' | 'headers' | 'dedicated'>;

/** What an adapter needs of a receiver, or of one of its providers. */
export interface CallbackEndpoint {
  /** Whether a request may be a callback, told by its head alone; if not, do not touch its body. */
  mayReceive(head: RequestHead): boolean;
  /**
   * The whole way of a request, up to the answer. `undefined`: not a call status callback, so it is the application's.
   * Never rejects for what a client sends. Once it has called `request.onClaimed`, it never resolves to `undefined`.
   */
  receive(request: CallbackRequest): Promise<Receipt<AnyCallStatusEvent> | undefined>;
  /** The same for a request of the Fetch API: its answer, or `undefined`, with the request's body unused. */
  fetch(request: Request): Promise<Response | undefined>;
  /** The answer to a request that could not be read. */
  refuse(error: CallStatusError): Receipt<never>;
  /** The methods with which callbacks may come. */
  readonly methods: readonly ('POST' | 'GET')[];
  /** Whether the adapter answers accepted callbacks. */
  readonly autoAck: boolean;
  readonly limits: Limits;
}

/** `calls.onCompleted(fn)`: the handlers as methods, each returning its receiver. */
export type Registrars<Event, Self> = {
  readonly [Name in keyof Handlers<Event>]-?: (handler: NonNullable<Handlers<Event>[Name]>) => Self;
};

/** One provider of a receiver: to register handlers for it, and to name it for an endpoint. */
export interface ProviderEndpoint<Event> extends CallbackEndpoint, Registrars<Event, ProviderEndpoint<Event>> {}

/** What {@link createCallStatus} returns: the whole pipeline, without a framework. */
export interface CallStatusReceiver<Event = CallStatusEvent>
  extends CallbackEndpoint,
    Registrars<Event, CallStatusReceiver<Event>> {
  /** One of the providers: `calls.for('signalwire').onCompleted(fn)`, `callStatusMiddleware(calls.for('exotel'))`. */
  for<Name extends EventName<Event>>(name: Name): ProviderEndpoint<Extract<Event, { readonly provider: Name }>>;
  /** Where events are recorded: calls, dead letters, counts. */
  readonly inbox: Inbox;
  /** Starts to run handlers here, when `work: false` did not, and keeps the process alive until `close()`. */
  work(): void;
  /**
   * Takes no more callbacks (503), waits for the running handlers and closes the inbox. What is not handled by then stays in a durable
   * inbox for the next start; of the memory inbox, everything that is due is handled first. Stop the HTTP server first. Safe to call twice.
   */
  close(options?: CloseOptions): Promise<void>;
}

type EventName<Event> = Event extends { readonly provider: infer Name extends string } ? Name : never;

/** How to close a receiver. */
export interface CloseOptions {
  /**
   * How long running handlers may take, in milliseconds; then their `signal` is aborted.
   * @default 10000
   */
  readonly deadlineMs?: number;
}

/**
 * Makes a receiver of call status callbacks.
 *
 * @throws CallStatusError `invalid_options`; `missing_secret` when `NODE_ENV` is `production` and a provider has no secret
 * @example
 * ```ts
 * const calls = createCallStatus({
 *   providers: [signalwire({ signingKey }), exotel({ token })],
 *   onEnded: (event) => console.log(event.callId, event.status),
 * });
 * app.use('/webhooks/voice', callStatusMiddleware(calls));
 * ```
 */
export function createCallStatus<const Providers extends readonly Provider[] = readonly Provider[]>(
  options: CallStatusOptions<Providers> = {},
): CallStatusReceiver<Provider[] extends Providers ? CallStatusEvent : EventOf<Providers[number]>> {
  const receiver = new Receiver(resolveOptions(options as unknown as CallStatusOptions, process.env['NODE_ENV']));
  return receiver as never;
}

class Receiver {
  readonly inbox: Inbox;
  readonly methods: readonly ('POST' | 'GET')[];
  readonly autoAck: boolean;
  readonly limits: Limits;
  readonly #options: ResolvedOptions;
  readonly #registry = new HandlerRegistry();
  readonly #arrivals = new ArrivalList();
  readonly #worker: Worker;
  #working = false;
  #saidThatNobodyWorks = false;
  #keepingAlive: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ResolvedOptions) {
    const { inbox, autoAck, limits, providers, handlers, retry } = options;
    this.#options = options;
    this.inbox = inbox;
    this.methods = methodsOf(providers);
    this.autoAck = autoAck;
    this.limits = limits;
    this.#registry.addAll('', handlers);
    for (const { name, options: own } of providers) this.#registry.addAll(name, own);
    this.#addRegistrars(this, '');
    const retries = new Map(providers.map(({ name, options: own }) => [name, { ...retry, ...own.retry }]));
    this.#worker = createWorker({
      inbox,
      clock: options.clock,
      log: options.log,
      owner: options.owner,
      concurrency: options.concurrency,
      leaseMs: options.leaseMs,
      handlersFor: (event) => (retries.has(event.provider) ? this.#registry.handlersFor(event) : undefined),
      retryFor: ({ provider }) => retries.get(provider) ?? retry,
      beforeHandling: (eventId) => this.#arrivals.get(eventId)?.answered(),
      requestOf: (eventId) => this.#arrivals.get(eventId)?.source,
      settled: (eventId, handled) => this.#arrivals.settle(eventId, handled),
      onError: (error) => this.#report(error),
    });
    if (options.work ?? this.#registry.handlesEvents) this.#startWork();
  }

  for(name: string): CallbackEndpoint {
    const provider = this.#options.providers.find((candidate) => candidate.name === name);
    if (provider === undefined) {
      const known = this.#options.providers.map((candidate) => candidate.name).join(', ');
      throw new CallStatusError('invalid_options', {
        issues: [`for(): no provider ${name} here; there are ${known}.`],
      });
    }
    const only = [provider];
    const methods = methodsOf(only);
    const endpoint: CallbackEndpoint = {
      mayReceive: (head) => mayBeCallback(head, methods, this.limits.bytes),
      receive: (request) => this.#receive(request, only),
      fetch: (request) => receiveFetch(endpoint, request),
      refuse: (error) => this.#refuse(error, only),
      methods,
      autoAck: this.autoAck,
      limits: this.limits,
    };
    return this.#addRegistrars(endpoint, name);
  }

  mayReceive(head: RequestHead): boolean {
    return mayBeCallback(head, this.methods, this.limits.bytes);
  }

  receive(request: CallbackRequest): Promise<Receipt<AnyCallStatusEvent> | undefined> {
    return this.#receive(request, this.#options.providers);
  }

  fetch(request: Request): Promise<Response | undefined> {
    return receiveFetch(this, request);
  }

  refuse(error: CallStatusError): Receipt<never> {
    return this.#refuse(error, this.#options.providers);
  }

  work(): void {
    if (this.#closing !== undefined) return;
    this.#startWork();
    // The worker's own timers keep no process alive: beside an HTTP server, that decides. Whoever asks for work has none.
    this.#keepingAlive ??= setInterval(() => {}, LONGEST_TIMER_MS);
  }

  close({ deadlineMs = 10_000 }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#shutDown(deadlineMs);
    return this.#closing;
  }

  /** An error that came before its provider was told is that of the only one there is. */
  #refuse(error: CallStatusError, [provider, ...others]: readonly Provider[]): Receipt<never> {
    const { code, details, cause, status = 503 } = error;
    const isTold = details.provider !== undefined || provider === undefined || others.length > 0;
    const told = isTold ? error : new CallStatusError(code, { provider: provider.name, ...details }, { cause });
    this.#report(told);
    return { status, headers: status === 503 ? RETRY_SOON : NO_HEADERS, error: told };
  }

  #addRegistrars<Target extends object>(target: Target, scope: string): Target {
    const registrars = HANDLER_NAMES.map((name) => [
      name,
      (handler: unknown) => {
        this.#registry.add(scope, name, handler);
        const isWanted = this.#options.work === undefined && this.#registry.handlesEvents;
        if (isWanted && this.#closing === undefined) this.#startWork();
        return target;
      },
    ]);
    return Object.assign(target, Object.fromEntries(registrars));
  }

  #startWork(): void {
    this.#working = true;
    this.#worker.start();
  }

  async #shutDown(deadlineMs: number): Promise<void> {
    try {
      await this.#stopWork(deadlineMs);
      await this.inbox.close();
    } finally {
      clearInterval(this.#keepingAlive);
    }
  }

  async #stopWork(deadlineMs: number): Promise<void> {
    const deadline = monotonicNow() + deadlineMs;
    if (!this.inbox.durable) await this.#worker.drain(deadlineMs);
    await this.#worker.stop(Math.max(0, deadline - monotonicNow()));
    if (!this.inbox.durable) {
      const { waiting, running, dead } = await this.inbox.counts();
      const lost = waiting + running + dead;
      if (lost > 0) this.#report(new CallStatusError('events_lost', { hint: `They are ${lost}.` }));
    }
  }

  async #receive(
    request: CallbackRequest,
    providers: readonly Provider[],
  ): Promise<Receipt<AnyCallStatusEvent> | undefined> {
    try {
      const { publicUrl, clock } = this.#options;
      const { body, dedicated = true } = request;
      // Adapters hold the limit while they read; whoever read this body before them may have had a higher one.
      if (body !== undefined && body.length > this.limits.bytes) {
        if (dedicated) throw new CallStatusError('body_too_large');
        return undefined;
      }
      const message = new Message(request, this.limits, publicUrl);
      const provider = match(message, providers);
      if (provider === undefined) return undefined;
      if (this.#closing !== undefined) throw new CallStatusError('closed', { provider: provider.name });

      const { definition } = provider;
      const now = clock();
      // Awaited only where there is something to wait for: each turn costs.
      let trust: Trust | Promise<Trust> | undefined;
      if (definition.signs === 'bytes') {
        trust = authenticate(message, provider, now);
        if (trust instanceof Promise) trust = await trust;
      }
      const { fields } = message;
      if ((definition.isCallStatus?.(fields) ?? true) !== true) return undefined;
      request.onClaimed?.();
      trust ??= authenticate(message, provider, now);
      if (trust instanceof Promise) trust = await trust;
      const event = await this.#record(normalise(provider, fields, trust, now), request);
      return { status: 200, headers: NO_HEADERS, event };
    } catch (error) {
      const refusal = isCallStatusError(error) ? error : new CallStatusError('unexpected', {}, { cause: error });
      return this.#refuse(refusal, providers);
    }
  }

  /** Step 6. What is recorded may be acknowledged; its handlers wait until the answer has left. */
  async #record(unrecorded: Unrecorded, request: CallbackRequest): Promise<AnyCallStatusEvent> {
    const { ack, ackDeadlineMs } = this.#options;
    const { id, provider } = unrecorded;
    const waits = ack === 'handled';
    let arrival = this.#arrivals.get(id);
    const first = arrival === undefined && (waits || this.#working);
    if (first) {
      arrival = new Arrival(request, !waits);
      this.#arrivals.add(id, arrival);
    }
    const outcome = waits ? arrival?.handled(ackDeadlineMs) : undefined;
    let recorded: Recorded;
    try {
      recorded = await this.inbox.record(unrecorded);
    } catch (cause) {
      if (first) this.#arrivals.settle(id, false);
      if (isCallStatusError(cause) && cause.status === 503) throw cause;
      throw new CallStatusError('inbox_unavailable', { provider, eventId: id }, { cause });
    }
    if (!this.#working && !this.#saidThatNobodyWorks) this.#sayThatNobodyWorks();
    const { transition, done } = recorded;
    if (done) this.#arrivals.settle(id, true);
    else if (first && transition === 'duplicate' && !waits) this.#arrivals.remove(id);
    if (transition === 'conflict') this.#report(new CallStatusError('conflicting_status', { provider, eventId: id }));
    if (outcome !== undefined && !(await outcome)) throw new CallStatusError('not_handled', { provider, eventId: id });
    return withTransition(unrecorded, transition);
  }

  /** Unless another process may be there for it. */
  #sayThatNobodyWorks(): void {
    this.#saidThatNobodyWorks = true;
    if (this.#options.work === undefined || !this.inbox.durable) this.#report(new CallStatusError('no_worker'));
  }

  /** Logs an error, and tells the error handlers; what they throw is logged too. */
  #report(error: CallStatusError): void {
    const { code, details, cause } = error;
    // The cause of an error is your own code's or the inbox's; that of a warning may quote the client.
    if (OURS.has(code)) this.#log('error', { code, ...details, cause: stackOf(cause) }, ERRORS[code].message);
    else this.#log('warn', { code, ...details }, ERRORS[code].message);
    for (const handler of this.#registry.errorHandlersFor(details.provider)) {
      const failed = (how: string, cause: unknown) => this.#log('error', { cause: stackOf(cause) }, `onError ${how}.`);
      try {
        Promise.resolve(handler(error)).catch((cause: unknown) => failed('rejected', cause));
      } catch (cause) {
        failed('threw', cause);
      }
    }
  }

  /** A logger that fails must not keep an event from being handled, and there is nowhere left to say so. */
  #log(level: 'warn' | 'error', details: object, message: string): void {
    try {
      this.#options.log[level](details, message);
    } catch {}
  }
}

const NO_HEADERS = {};
/** Seconds. */
const RETRY_SOON = { 'retry-after': '5' };

/** What keeps events from being recorded or handled, and is not a client's to mend, is an error; all else is a warning. */
const OURS: ReadonlySet<ErrorCode> = new Set([
  'unexpected',
  'inbox_unavailable',
  'inbox_full',
  'inbox_locked',
  'inbox_unwritable',
  'inbox_corrupted',
  'inbox_unsupported',
  'secret_unavailable',
  'handler_failed',
  'dead_letter',
  'events_lost',
  'provider_missing',
  'no_worker',
  'invalid_options',
]);

/** Of what your code threw, which may be anything. */
function stackOf(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  try {
    return cause instanceof Error ? cause.stack : inspect(cause);
  } catch {
    return 'What was thrown cannot be shown.';
  }
}
