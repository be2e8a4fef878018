import type { CallStatusError } from '../errors.ts';
import { HandlerRegistry } from '../handlers/registry.ts';
import { Worker } from '../handlers/worker.ts';
import { WorkerReports } from '../handlers/worker-reports.ts';
import type { HandlerName, HandlerOptions } from '../handlers.ts';
import type { WorkerLoad } from '../inbox/health.ts';
import { inboxFailure } from '../inbox/inbox-failure.ts';
import { Outage } from '../inbox/outage.ts';
import type { ReconcileDecision } from '../inbox/request-reconcile.ts';
import type { WatchedCall } from '../inbox/watches.ts';
import { DefaultLogger, type Logger } from '../log/log.ts';
import { type ResolvedOptions, rulesOf, tokensOf } from '../options/options.ts';
import type { ExpectOptions } from '../reconcile/expect.ts';
import { type Dropped, sayingOnce } from '../request/checked-form.ts';
import { HandledElsewhere } from '../request/handled-elsewhere.ts';
import { Diagnoses } from '../request/hints.ts';
import { KeptRefusals } from '../request/kept-refusals.ts';
import { PendingRequests } from '../request/pending-requests.ts';
import type { Pipeline } from '../request/receive.ts';
import { Recorder } from '../request/record.ts';
import { Reporter } from '../request/reporter.ts';
import { traceSource } from '../request/trace-context.ts';
import { clearInterval, LONGEST_TIMER_MS, setInterval } from '../timer.ts';
import { InboxMessages } from './inbox-messages.ts';
import { Reconciling } from './reconciling.ts';
import { shutDown } from './shut-down.ts';

/** What runs behind a receiver and each of its providers: the registry of handlers, the recorder, the worker and the inbox. */
export class Engine implements Pipeline {
  readonly options: ResolvedOptions;
  readonly limits: Pipeline['limits'];
  readonly publicUrl: Pipeline['publicUrl'];
  readonly clock: Pipeline['clock'];
  readonly reporter: Reporter;
  readonly diagnoses: Diagnoses = new Diagnoses();
  readonly recorder: Recorder;
  readonly refusals: KeptRefusals | undefined;
  readonly dropped: (provider: string) => Dropped;
  readonly traceContext: Pipeline['traceContext'];
  readonly #registry = new HandlerRegistry();
  readonly #worker: Worker;
  readonly #workerReports: WorkerReports;
  readonly #inboxMessages: InboxMessages;
  readonly #elsewhere: HandledElsewhere | undefined;
  readonly #outage: Outage;
  readonly #reconciling: Reconciling;
  #isOpen = false;
  #isWorking = false;
  #keepAlive: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  /** @throws CallStatusError if the inbox cannot be opened, so that a wrong path is noticed at once */
  constructor(options: ResolvedOptions) {
    const { limits, publicUrl, clock, log, providers, handlers } = options;
    this.options = options;
    this.limits = limits;
    this.publicUrl = publicUrl;
    this.clock = clock;
    this.dropped = sayingOnce(log);
    this.traceContext = traceSource(options.traceContext, log);
    this.reporter = new Reporter(log, (provider) => this.#registry.errorHandlersFor(provider));
    this.#registry.addAll('', handlers);
    for (const { name, options: own } of providers) this.#registry.addAll(name, own);
    const report = (error: CallStatusError): void => this.reporter.report(error);
    const pending = new PendingRequests();
    const isWorking = (): boolean => this.#isWorking;
    const { inbox } = options;
    this.#elsewhere = options.ack === 'handled' && inbox.shared ? new HandledElsewhere(inbox, pending) : undefined;
    const elsewhere = this.#elsewhere;
    const outage = new Outage(() => options.timers.now(), report);
    this.#outage = outage;
    this.recorder = new Recorder({
      ...options,
      pending,
      elsewhere,
      outage,
      report,
      isWorking,
      open: () => this.open(),
    });
    const { refusals } = inbox;
    const { keepRefused } = options;
    this.refusals = keepRefused
      ? new KeptRefusals({
          ...options,
          keepRefused,
          refusals,
          report,
          tokensOf: tokensOf(providers),
          open: () => this.open(),
        })
      : undefined;
    this.#worker = new Worker({
      ...options,
      outage,
      providers: new Map(providers.map((provider) => [provider.name, rulesOf(provider, options)])),
      handlersFor: (event) => this.#registry.handlersFor(event),
      beforeHandling: (eventId) => pending.get(eventId)?.starting(),
      requestOf: (eventId) => pending.get(eventId)?.frameworkRequest,
      settled: (eventId, handled) => pending.settle(eventId, handled),
      onError: report,
    });
    const load = (): WorkerLoad => this.#worker.load;
    this.#workerReports = new WorkerReports({ ...options, kinds: () => this.#registry.kinds, load });
    this.#inboxMessages = new InboxMessages({ ...options, load });
    this.#reconciling = new Reconciling({
      options,
      registry: this.#registry,
      outage,
      dropped: this.dropped,
      report,
      open: () => this.open(),
    });
    this.#startIfWanted();
  }

  get closing(): boolean {
    return this.#closed !== undefined;
  }

  /** What the worker of this process does; `undefined` if it does not run. */
  get load(): WorkerLoad | undefined {
    return this.#isWorking && !this.closing ? this.#worker.load : undefined;
  }

  /** Whether this process looks after calls without an end; `undefined` if it never does. */
  get leads(): boolean | undefined {
    return this.closing ? undefined : this.#reconciling.leads;
  }

  expect(provider: string, call: ExpectOptions): Promise<void> {
    return this.#reconciling.expect(provider, call);
  }

  reconcile(call: WatchedCall): Promise<ReconcileDecision> {
    return this.#reconciling.reconcile(call);
  }

  /** Adds a handler for the events of a provider, or of all providers if the name is empty. */
  register(provider: string, kind: HandlerName, handler: unknown, how: HandlerOptions | undefined): void {
    this.#registry.add(provider, kind, handler, how);
    this.#startIfWanted();
  }

  offerLog(log: Logger): void {
    if (this.options.log instanceof DefaultLogger) this.options.log.offer(log);
  }

  /** Costs nothing once the inbox is open. A promise if opening takes time; throws or rejects if it fails. */
  open(): Promise<void> | undefined {
    if (this.#isOpen) return undefined;
    const opened = (): void => {
      this.#isOpen = true;
    };
    const onWarning = (warning: CallStatusError): void => this.reporter.report(warning);
    const opening = this.options.inbox.ready?.({ create: true, onWarning });
    if (opening instanceof Promise) return opening.then(opened);
    opened();
    return undefined;
  }

  startWorker(): void {
    if (this.closing) return;
    this.#start();
    // The worker's timers do not keep the process alive: usually, an HTTP server does. A process with only a worker has none.
    this.#keepAlive ??= setInterval(() => {}, LONGEST_TIMER_MS);
  }

  close(deadlineMs: number): Promise<void> {
    this.#closed ??= this.#shutDown(deadlineMs);
    return this.#closed;
  }

  /** If `worker` is true, or once there is a handler. */
  #startIfWanted(): void {
    if ((this.options.worker ?? this.#registry.kinds.length > 0) && !this.closing) this.#start();
  }

  #start(): void {
    if (this.#isWorking) {
      // A handler may have been added.
      this.#reconciling.start();
      return;
    }
    this.open()?.catch((cause: unknown) => this.#notOpened(inboxFailure(cause)));
    this.#isWorking = true;
    this.#worker.start();
    this.#workerReports.start();
    this.#inboxMessages.start();
    this.#reconciling.start();
  }

  #notOpened(error: CallStatusError): void {
    this.#outage.failed('worker', error);
    this.reporter.report(error);
  }

  async #shutDown(deadlineMs: number): Promise<void> {
    this.#inboxMessages.stop();
    try {
      const [worker, workerReports, reconciling] = [this.#worker, this.#workerReports, this.#reconciling];
      const { diagnoses, refusals, reporter } = this;
      const { inbox } = this.options;
      await shutDown(
        { worker, workerReports, reconciling, diagnoses, refusals, inbox, report: (error) => reporter.report(error) },
        deadlineMs,
      );
    } finally {
      this.#elsewhere?.stop();
      this.reporter.flush();
      clearInterval(this.#keepAlive);
    }
  }
}
