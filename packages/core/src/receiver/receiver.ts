import type { Ack, CallbackRequest, Receipt } from '../callback-request.ts';
import type { FieldTree, Limits } from '../decode/fields.ts';
import { CallStatusError, isCallStatusError, unexpected } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import type { HandlerOptions } from '../handlers/handlers.ts';
import { type HandlerName, HandlerRegistry } from '../handlers/registry.ts';
import { shutDown } from '../handlers/shut-down.ts';
import { Worker } from '../handlers/worker.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { inboxFailure } from '../inbox/inbox-failure.ts';
import { DefaultLogger, type Logger } from '../log/log.ts';
import { Reporter } from '../log/reporter.ts';
import { type ResolvedOptions, rulesOf } from '../options/options.ts';
import { atOnce } from '../provider/at-once.ts';
import type { Provider } from '../provider/define-provider.ts';
import { IncomingCallback } from '../provider/incoming-callback.ts';
import { authenticate } from '../request/authenticate.ts';
import { type Dropped, sayingOnce } from '../request/checked-form.ts';
import { receiveFetch } from '../request/fetch.ts';
import { match, mayBeCallback, methodsOf } from '../request/match.ts';
import { normalize } from '../request/normalize.ts';
import { tooLong, whyNoCallback, whyNotRecognized } from '../request/passed-on.ts';
import { PendingRequests } from '../request/pending-requests.ts';
import { Recorder } from '../request/recorder.ts';
import { toldEvent } from '../request/told-event.ts';
import { acceptance, isObserved, publish } from '../telemetry.ts';
import { clearInterval, LONGEST_TIMER_MS, monotonicNow, setInterval } from '../timer.ts';
import { OneProviderReceiver } from './provider-receiver.ts';
import { HandlerRegistrars } from './registrars.ts';
import type { CloseOptions, EventName, ProviderReceiver, Receiver, RequestHead } from './types.ts';

/** Takes callbacks, records their events, and has them handled. */
export class CallStatusReceiver<Event> extends HandlerRegistrars<Event> implements Receiver<Event> {
  readonly inbox: Inbox;
  readonly methods: readonly ('POST' | 'GET')[];
  readonly ack: Ack;
  readonly limits: Limits;
  readonly #options: ResolvedOptions;
  readonly #registry = new HandlerRegistry();
  readonly #reporter: Reporter;
  readonly #dropped: (provider: string) => Dropped;
  readonly #recorder: Recorder;
  readonly #worker: Worker;
  #isOpen = false;
  #working = false;
  #saidThatNobodyWorks = false;
  #keepingAlive: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ResolvedOptions) {
    super((kind, handler, how) => this.#register('', kind, handler, how));
    const { inbox, ack, limits, log, providers, handlers } = options;
    this.#options = options;
    this.#dropped = sayingOnce(log);
    this.#reporter = new Reporter(log, (provider) => this.#registry.errorHandlersFor(provider));
    this.inbox = inbox;
    this.methods = methodsOf(providers);
    this.ack = ack;
    this.limits = limits;
    this.#registry.addAll('', handlers);
    for (const { name, options: own } of providers) this.#registry.addAll(name, own);
    const report = (error: CallStatusError): void => this.#reporter.report(error);
    const arrivals = new PendingRequests();
    this.#recorder = new Recorder({
      ...options,
      arrivals,
      report,
      open: () => this.#open(),
      isWorking: () => this.#working,
    });
    this.#worker = new Worker({
      ...options,
      providers: new Map(providers.map((provider) => [provider.name, rulesOf(provider, options)])),
      handlersFor: (event) => this.#registry.handlersFor(event),
      beforeHandling: (eventId) => arrivals.get(eventId)?.answered(),
      requestOf: (eventId) => arrivals.get(eventId)?.frameworkRequest,
      settled: (eventId, handled) => arrivals.settle(eventId, handled),
      onError: report,
    });
    if (options.worker ?? this.#registry.handlesEvents) this.#startWork();
  }

  get closing(): boolean {
    return this.#closing !== undefined;
  }

  provider<Name extends EventName<Event>>(name: Name): ProviderReceiver<Event & { readonly provider: Name }> {
    const provider = this.#options.providers.find((candidate) => candidate.name === name);
    if (provider === undefined) {
      const known = this.#options.providers.map((candidate) => candidate.name).join(', ');
      throw new CallStatusError('invalid_options', {
        issues: [`\`for('${name}')\`: this receiver has no such provider; it has ${known}.`],
      });
    }
    const only = [provider];
    const methods = methodsOf(only);
    return new OneProviderReceiver(this, {
      methods,
      accepts: (head) => this.#accepts(head, methods, only),
      receive: (request) => this.#receive(request, only),
      reject: (error) => this.#refuse(error, only),
      record: async (fields, { tenant } = {}) => {
        if (this.closing) throw new CallStatusError('closed', { provider: name });
        const told = toldEvent(provider, fields, { now: this.#options.clock(), dropped: this.#dropped(name), tenant });
        return this.#recorder.record(told, {});
      },
      register: (kind, handler, how) => this.#register(name, kind, handler, how),
    });
  }

  accepts(head: RequestHead): boolean {
    return this.#accepts(head, this.methods, this.#options.providers);
  }

  receive(request: CallbackRequest): Promise<Receipt<AnyCallStatusEvent> | undefined> {
    return this.#receive(request, this.#options.providers);
  }

  fetch(request: Request): Promise<Response | undefined> {
    return receiveFetch(this, request);
  }

  reject(error: CallStatusError): Receipt<never> {
    return this.#refuse(error, this.#options.providers);
  }

  offerLog(log: Logger): void {
    if (this.#options.log instanceof DefaultLogger) this.#options.log.offer(log);
  }

  async ready(): Promise<void> {
    await this.#open();
  }

  startWorker(): void {
    if (this.closing) return;
    this.#startWork();
    // The worker's own timers keep no process alive: beside an HTTP server, that decides. A process that asks for work has none.
    this.#keepingAlive ??= setInterval(() => {}, LONGEST_TIMER_MS);
  }

  close({ deadlineMs = 10_000 }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#shutDown(deadlineMs);
    return this.#closing;
  }

  #accepts(head: RequestHead, methods: readonly string[], providers: readonly Provider[]): boolean {
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
    publish(() => ({ type: 'callback.refused', provider: told.details.provider, code }));
    const headers = { ...(this.closing ? LAST_ANSWER : {}), ...(status === 503 ? RETRY_SOON : {}) };
    return { status, headers, error: told };
  }

  #register(scope: string, kind: HandlerName, handler: unknown, how: HandlerOptions | undefined): void {
    this.#registry.add(scope, kind, handler, how);
    const isWanted = this.#options.worker === undefined && this.#registry.handlesEvents;
    if (isWanted && !this.closing) this.#startWork();
  }

  /** @throws what keeps the inbox from being opened, so that a wrong path shows at once */
  #startWork(): void {
    if (this.#working) return;
    this.#open()?.catch((cause: unknown) => this.#reporter.report(inboxFailure(cause)));
    this.#working = true;
    this.#worker.start();
  }

  /** Once it is open, this costs nothing. A promise where opening takes time; throws or rejects when it fails. */
  #open(): Promise<void> | undefined {
    if (this.#isOpen) return undefined;
    const opened = (): void => {
      this.#isOpen = true;
    };
    const onWarning = (warning: CallStatusError): void => this.#reporter.report(warning);
    const opening = this.inbox.ready?.({ create: true, onWarning });
    if (opening instanceof Promise) return opening.then(opened);
    opened();
    return undefined;
  }

  async #shutDown(deadlineMs: number): Promise<void> {
    try {
      await shutDown(this.#worker, this.inbox, deadlineMs, (error) => this.#reporter.report(error));
    } finally {
      this.#reporter.flush();
      clearInterval(this.#keepingAlive);
    }
  }

  async #receive(
    request: CallbackRequest,
    providers: readonly Provider[],
  ): Promise<Receipt<AnyCallStatusEvent> | undefined> {
    let provider: Provider | undefined;
    const startedAt = isObserved() ? monotonicNow() : 0;
    try {
      const { publicUrl, clock } = this.#options;
      const { body, callbackOnly = true } = request;
      if (!callbackOnly && body !== undefined && body.length > this.limits.bytes) {
        return this.#reporter.passedOn(request, () => tooLong(this.limits.bytes));
      }
      const received = new IncomingCallback(request, this.limits, publicUrl);
      provider = match(received, providers, (error) => this.#reporter.report(error));
      if (provider === undefined) return this.#reporter.passedOn(request, () => whyNotRecognized(received, providers));
      if (this.closing) throw new CallStatusError('closed', { provider: provider.name });

      const message = received.readBy(provider.definition);
      const now = clock();
      // Also of another message, which is passed on. Awaited only where there is something to wait for: each turn costs.
      const proving = authenticate(message, provider, now);
      const { trust, tenant } = proving instanceof Promise ? await proving : proving;
      const { fields } = message;
      const isCallStatus = whatItIs(provider, fields);
      if (isCallStatus !== true) return this.#reporter.passedOn(request, () => isCallStatus || ANOTHER, provider.name);
      request.onAccepted?.();
      const unrecorded = normalize(provider, fields, trust, now, this.#dropped(provider.name), tenant);
      const event = await this.#recorder.record(unrecorded, request);
      if (!this.#working && !this.#saidThatNobodyWorks) this.#sayThatNobodyWorks();
      publish(() => acceptance(event, startedAt));
      return { status: 200, headers: this.closing ? LAST_ANSWER : NO_HEADERS, event };
    } catch (error) {
      return this.#refuse(isCallStatusError(error) ? error : unexpected(error, provider?.name), providers);
    }
  }

  /** Unless another process may be there for it. */
  #sayThatNobodyWorks(): void {
    this.#saidThatNobodyWorks = true;
    if (this.#options.worker === undefined || !this.inbox.durable)
      this.#reporter.report(new CallStatusError('no_worker'));
  }
}

const NO_HEADERS = {};
/** Whether a message is a call status, or what else it is. */
function whatItIs({ name, definition }: Provider, fields: FieldTree): boolean | string {
  if (definition.isCallStatus === undefined) return true;
  const found = atOnce(definition.isCallStatus(fields), `isCallStatus() of ${name}`);
  if (typeof found === 'boolean' || typeof found === 'string') return found;
  throw new TypeError(`isCallStatus() of ${name} has to return true, false or a text.`);
}

const ANOTHER = 'It is another message of the provider.';
/** Seconds. */
const RETRY_SOON = { 'retry-after': '5' };
/** So that the client's next request goes to a server that lives on. */
const LAST_ANSWER = { connection: 'close' };
