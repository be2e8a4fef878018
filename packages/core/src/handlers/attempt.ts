import { AsyncResource } from 'node:async_hooks';
import { CallStatusError, type ErrorDetails } from '../errors.ts';
import type { Job, Lease } from '../inbox/inbox.ts';
import type { TelemetryAttempt } from '../telemetry.ts';
import { LONGEST_TIMER_MS, monotonicNow, setImmediate, type Timers } from '../timer.ts';
import { Context, type ContextSource } from './context.ts';
import type { NamedHandler } from './registry.ts';
import type { WorkerOptions } from './worker-options.ts';

/** What an attempt needs of its worker. */
export interface AttemptOptions extends ContextSource {
  /** How long one handler may take, in milliseconds; may be infinite. */
  readonly handlerTimeoutMs: number;
  readonly timers: Timers;
  readonly report: (error: CallStatusError) => void;
}

/** The options of attempts by provider; made once, since there are many attempts. */
export function attemptOptionsOf(
  options: Pick<WorkerOptions, 'providers' | 'inbox' | 'log' | 'requestOf'> & Pick<AttemptOptions, 'timers'>,
  report: AttemptOptions['report'],
): (provider: string) => AttemptOptions {
  const { providers, inbox, log, requestOf, timers } = options;
  const unknown = { inbox, log, requestOf, timers, handlerTimeoutMs: 0, report };
  const known = new Map([...providers].map(([name, { handlerTimeoutMs }]) => [name, { ...unknown, handlerTimeoutMs }]));
  return (provider) => known.get(provider) ?? unknown;
}

const NOTHING_TO_WAIT_FOR = Promise.resolve();

/** One attempt at one event: the calls of its handlers. */
export class Attempt {
  readonly work: Job;
  /** The lease under which it runs: another one after the event was taken again here. */
  lease: Lease;
  /** When the lease must have run out, on the monotonic clock. */
  leaseEndsAt: number;
  readonly startedAt: number = monotonicNow();
  /** Resolves when its result is told. */
  ended: Promise<void> = NOTHING_TO_WAIT_FOR;
  /** Until its handlers are done. */
  isHandling = true;
  /** Given back to the inbox: nothing that it does counts. */
  isGivenBack = false;
  /** Another take has the event. */
  isLost = false;
  /** Why no further handler is called. */
  interruption: CallStatusError | undefined;
  /** Handlers that were done in this attempt. */
  readonly done: string[] = [];
  /** What the last handler that failed threw. */
  failure: { readonly cause: unknown } | undefined;
  /** The handler that runs now. */
  current: string | undefined;
  readonly #options: AttemptOptions;
  /** Every handler was called, and none was interrupted. */
  isComplete = false;
  #context: Context | undefined;
  #isInterrupted = false;

  constructor(work: Job, leaseEndsAt: number, options: AttemptOptions) {
    this.work = work;
    this.lease = work.lease;
    this.leaseEndsAt = leaseEndsAt;
    this.#options = options;
  }

  get about(): { readonly provider: string; readonly eventId: string } {
    const { provider, id } = this.work.event;
    return { provider, eventId: id };
  }

  get details(): ErrorDetails {
    return { ...this.about, attempt: this.work.attempt };
  }

  get doneHandlers(): readonly string[] {
    return [...this.work.doneHandlers, ...this.done];
  }

  /** What telemetry says of it. */
  get subject(): TelemetryAttempt {
    const { event, attempt } = this.work;
    return { ...this.about, status: event.status, attempt };
  }

  /**
   * Calls the handlers one after the other. One that fails does not keep the others from running; a later attempt calls only those
   * that are not done.
   */
  async run(handlers: readonly NamedHandler[]): Promise<void> {
    for (const handler of handlers) {
      if (this.work.doneHandlers.includes(handler.name)) continue;
      if (this.interruption !== undefined) {
        this.#isInterrupted = true;
        break;
      }
      const running = this.#call(handler);
      if (running !== undefined) await running;
    }
    this.isComplete = !this.#isInterrupted;
    this.#context = undefined;
    this.current = undefined;
  }

  /** Aborts the signal of the handler that runs, and calls no other. */
  interrupt(reason: CallStatusError): void {
    this.interruption = reason;
    this.#context?.abort(reason);
  }

  /** Its lease is good after all: the handlers that were not called yet can run. */
  resume(lease: Lease, leaseEndsAt: number): void {
    this.lease = lease;
    this.leaseEndsAt = leaseEndsAt;
    this.isLost = false;
    this.interruption = undefined;
  }

  /** Awaits only where there is something to wait for: each turn costs. */
  #call({ name, run }: NamedHandler): Promise<void> | undefined {
    // A copy of the current async context for each call, so that its `enterWith` changes no other.
    const scope = new AsyncResource('call-status');
    const context = new Context(this.work, this.#options);
    this.#context = context;
    this.current = name;
    try {
      const result = scope.runInAsyncScope(run, undefined, this.work.event, context);
      if (isThenable(result)) return this.#settle(name, context, result);
      this.done.push(name);
    } catch (cause) {
      this.#failed(name, cause, context);
    }
    return undefined;
  }

  /** Resolves when the handler settles, or when its time is over; what it does after that does not count. */
  #settle(name: string, context: Context, result: PromiseLike<unknown>): Promise<void> {
    const { handlerTimeoutMs, timers } = this.#options;
    return new Promise((resolve) => {
      let isOver = false;
      let cancel: (() => void) | undefined;
      const once = (settle: () => void): void => {
        if (isOver) return;
        isOver = true;
        cancel?.();
        settle();
        resolve();
      };
      const expire = (): void => once(() => this.#timedOut(name, context));
      // What came in time, while the event loop was busy or the process suspended, is heard first.
      if (handlerTimeoutMs < Number.POSITIVE_INFINITY) {
        cancel = timers.after(Math.min(handlerTimeoutMs, LONGEST_TIMER_MS), () => setImmediate(expire));
      }
      Promise.resolve(result).then(
        () => once(() => this.done.push(name)),
        (cause) => once(() => this.#failed(name, cause, context)),
      );
    });
  }

  #timedOut(handler: string, context: Context): void {
    const reason = `It took longer than ${this.#options.handlerTimeoutMs} ms.`;
    const error = new CallStatusError('handler_timeout', { ...this.details, handler, reason });
    context.abort(error);
    this.#failed(handler, error, context, error);
  }

  /** What a handler throws because its signal was aborted is no failure of the handler. */
  #failed(handler: string, cause: unknown, context: Context, error?: CallStatusError): void {
    if (context.reason !== undefined && context.reason.code !== 'handler_timeout') {
      this.#isInterrupted = true;
      return;
    }
    this.failure = { cause };
    this.#options.report(error ?? new CallStatusError('handler_failed', { ...this.details, handler }, { cause }));
  }
}

function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof (result as { then?: unknown } | null | undefined)?.then === 'function';
}
