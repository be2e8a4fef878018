import { Arrival, ArrivalList } from './arrivals.ts';
import { authenticate } from './authenticate/authenticate.ts';
import { tooManyBytes } from './decode/bounds.ts';
import type { Limits } from './decode/fields.ts';
import type { CallStatusReceiver, CloseOptions, EventName, ProviderEndpoint, RequestHead } from './endpoint.ts';
import { CallStatusError, isCallStatusError, unexpected } from './errors.ts';
import type { AnyCallStatusEvent, CallStatusEvent, Trust } from './event.ts';
import { receiveFetch } from './fetch.ts';
import type { HandlerOptions } from './handlers.ts';
import type { Inbox, Recorded, Unrecorded } from './inbox.ts';
import { DefaultLogger, type Logger } from './log.ts';
import { match, mayBeCallback, methodsOf } from './match.ts';
import { Message } from './message.ts';
import { type Dropped, sayingOnce } from './normal-form.ts';
import { normalise } from './normalise.ts';
import { type CallStatusOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { tooLong, whyNoCallback, whyNotRecognized } from './passed-on.ts';
import type { EventOf, Provider } from './provider.ts';
import { ProviderReceiver } from './provider-receiver.ts';
import { HandlerRegistrars } from './registrars.ts';
import { type HandlerName, HandlerRegistry } from './registry.ts';
import { Reporter } from './reporter.ts';
import type { CallbackRequest, Receipt } from './request.ts';
import { clearInterval, LONGEST_TIMER_MS, monotonicNow, setInterval } from './timer.ts';
import { createWorker, type Worker } from './worker.ts';

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
  return new Receiver(resolveOptions(options as unknown as CallStatusOptions, process.env['NODE_ENV']));
}

class Receiver<Event> extends HandlerRegistrars<Event> implements CallStatusReceiver<Event> {
  readonly inbox: Inbox;
  readonly methods: readonly ('POST' | 'GET')[];
  readonly autoAck: boolean;
  readonly limits: Limits;
  readonly #options: ResolvedOptions;
  readonly #registry = new HandlerRegistry();
  readonly #reporter: Reporter;
  readonly #dropped: (provider: string) => Dropped;
  readonly #arrivals = new ArrivalList();
  readonly #worker: Worker;
  #working = false;
  #saidThatNobodyWorks = false;
  #keepingAlive: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ResolvedOptions) {
    super((kind, handler, how) => this.#register('', kind, handler, how));
    const { inbox, autoAck, limits, log, providers, handlers, retry } = options;
    this.#options = options;
    this.#dropped = sayingOnce(log);
    this.#reporter = new Reporter(log, (provider) => this.#registry.errorHandlersFor(provider));
    this.inbox = inbox;
    this.methods = methodsOf(providers);
    this.autoAck = autoAck;
    this.limits = limits;
    this.#registry.addAll('', handlers);
    for (const { name, options: own } of providers) this.#registry.addAll(name, own);
    const retries = new Map(providers.map(({ name, options: own }) => [name, { ...retry, ...own.retry }]));
    this.#worker = createWorker({
      inbox,
      clock: options.clock,
      log,
      owner: options.owner,
      concurrency: options.concurrency,
      leaseMs: options.leaseMs,
      handlersFor: (event) => (retries.has(event.provider) ? this.#registry.handlersFor(event) : undefined),
      retryFor: ({ provider }) => retries.get(provider) ?? retry,
      beforeHandling: (eventId) => this.#arrivals.get(eventId)?.answered(),
      requestOf: (eventId) => this.#arrivals.get(eventId)?.source,
      settled: (eventId, handled) => this.#arrivals.settle(eventId, handled),
      onError: (error) => this.#reporter.report(error),
    });
    if (options.work ?? this.#registry.handlesEvents) this.#startWork();
  }

  get closing(): boolean {
    return this.#closing !== undefined;
  }

  for<Name extends EventName<Event>>(name: Name): ProviderEndpoint<Event & { readonly provider: Name }> {
    const provider = this.#options.providers.find((candidate) => candidate.name === name);
    if (provider === undefined) {
      const known = this.#options.providers.map((candidate) => candidate.name).join(', ');
      throw new CallStatusError('invalid_options', {
        issues: [`\`for('${name}')\`: this receiver has no such provider; it has ${known}.`],
      });
    }
    const only = [provider];
    const methods = methodsOf(only);
    return new ProviderReceiver(this, {
      methods,
      mayReceive: (head) => this.#mayReceive(head, methods, only),
      receive: (request) => this.#receive(request, only),
      refuse: (error) => this.#refuse(error, only),
      register: (kind, handler, how) => this.#register(name, kind, handler, how),
    });
  }

  mayReceive(head: RequestHead): boolean {
    return this.#mayReceive(head, this.methods, this.#options.providers);
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

  offerLog(log: Logger): void {
    if (this.#options.log instanceof DefaultLogger) this.#options.log.offer(log);
  }

  work(): void {
    if (this.closing) return;
    this.#startWork();
    // The worker's own timers keep no process alive: beside an HTTP server, that decides. Whoever asks for work has none.
    this.#keepingAlive ??= setInterval(() => {}, LONGEST_TIMER_MS);
  }

  close({ deadlineMs = 10_000 }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#shutDown(deadlineMs);
    return this.#closing;
  }

  #mayReceive(head: RequestHead, methods: readonly string[], providers: readonly Provider[]): boolean {
    const may = mayBeCallback(head, methods, this.limits.bytes);
    if (!may) this.#reporter.passedOn(head, () => whyNoCallback(head, providers, this.limits.bytes));
    return may;
  }

  /** An error that came before its provider was told is that of the only one there is. */
  #refuse(error: CallStatusError, [provider, ...others]: readonly Provider[]): Receipt<never> {
    const { code, details, cause, status = 503 } = error;
    const isTold = details.provider !== undefined || provider === undefined || others.length > 0;
    const told = isTold ? error : new CallStatusError(code, { provider: provider.name, ...details }, { cause });
    this.#reporter.report(told);
    const headers = { ...(this.closing ? LAST_ANSWER : {}), ...(status === 503 ? RETRY_SOON : {}) };
    return { status, headers, error: told };
  }

  #register(scope: string, kind: HandlerName, handler: unknown, how: HandlerOptions | undefined): void {
    this.#registry.add(scope, kind, handler, how);
    const isWanted = this.#options.work === undefined && this.#registry.handlesEvents;
    if (isWanted && !this.closing) this.#startWork();
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
      this.#reporter.flush();
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
      if (lost > 0) this.#reporter.report(new CallStatusError('events_lost', { reason: `Lost: ${lost}.` }));
    }
  }

  async #receive(
    request: CallbackRequest,
    providers: readonly Provider[],
  ): Promise<Receipt<AnyCallStatusEvent> | undefined> {
    let provider: Provider | undefined;
    try {
      const { publicUrl, clock } = this.#options;
      const { body, dedicated = true } = request;
      // Adapters hold the limit while they read; whoever read this body before them may have had a higher one.
      if (body !== undefined && body.length > this.limits.bytes) {
        if (dedicated) throw tooManyBytes(this.limits.bytes);
        return this.#reporter.passedOn(request, () => tooLong(this.limits.bytes));
      }
      const message = new Message(request, this.limits, publicUrl);
      provider = match(message, providers, (error) => this.#reporter.report(error));
      if (provider === undefined) return this.#reporter.passedOn(request, () => whyNotRecognized(message, providers));
      if (this.closing) throw new CallStatusError('closed', { provider: provider.name });

      const { definition } = provider;
      const now = clock();
      // Awaited only where there is something to wait for: each turn costs.
      let trust: Trust | Promise<Trust> | undefined;
      if (definition.signs === 'bytes') {
        trust = authenticate(message, provider, now);
        if (trust instanceof Promise) trust = await trust;
      }
      const { fields } = message;
      const isCallStatus = definition.isCallStatus?.(fields) ?? true;
      if (isCallStatus !== true) return this.#reporter.passedOn(request, () => isCallStatus || ANOTHER, provider.name);
      request.onClaimed?.();
      trust ??= authenticate(message, provider, now);
      if (trust instanceof Promise) trust = await trust;
      const event = await this.#record(normalise(provider, fields, trust, now, this.#dropped(provider.name)), request);
      return { status: 200, headers: this.closing ? LAST_ANSWER : NO_HEADERS, event };
    } catch (error) {
      return this.#refuse(isCallStatusError(error) ? error : unexpected(error, provider?.name), providers);
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
    if (transition === 'conflict')
      this.#reporter.report(new CallStatusError('conflicting_status', { provider, eventId: id }));
    if (outcome !== undefined && !(await outcome)) throw new CallStatusError('not_handled', { provider, eventId: id });
    return { ...unrecorded, transition } as AnyCallStatusEvent;
  }

  /** Unless another process may be there for it. */
  #sayThatNobodyWorks(): void {
    this.#saidThatNobodyWorks = true;
    if (this.#options.work === undefined || !this.inbox.durable)
      this.#reporter.report(new CallStatusError('no_worker'));
  }
}

const NO_HEADERS = {};
const ANOTHER = 'It is another message of the provider.';
/** Seconds. */
const RETRY_SOON = { 'retry-after': '5' };
/** So that the client's next request goes to a server that lives on. */
const LAST_ANSWER = { connection: 'close' };
