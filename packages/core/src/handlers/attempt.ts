import { AsyncResource } from 'node:async_hooks';
import { CallStatusError, type ErrorDetails } from '../errors.ts';
import type { Transaction } from '../handlers.ts';
import type { Job, Lease } from '../inbox/inbox.ts';
import { isTraced } from '../telemetry/channels.ts';
import type { HandleMessage } from '../telemetry/messages.ts';
import { LONGEST_TIMER_MS, monotonicNow, setImmediate, type Timers } from '../timer.ts';
import { AttemptTransaction } from './attempt-transaction.ts';
import { Context, type ContextSource, type TransactionSource } from './context.ts';
import type { NamedHandler } from './registry.ts';
import { TracedHandler } from './traced-handler.ts';

/** What an attempt needs from its worker. */
export interface AttemptOptions extends ContextSource {
  readonly timers: Timers;
  readonly report: (error: CallStatusError) => void;
}

const NOTHING_TO_WAIT_FOR = Promise.resolve();

/** How many attempts this process has made. */
let attempts = 0;

/** One attempt at one event: it calls the handlers. */
export class Attempt implements TransactionSource {
  readonly job: Job;
  /** Different for each attempt of this process. */
  readonly id: number = ++attempts;
  /** The lease that it runs under; replaced if this process takes the event again. */
  lease: Lease;
  /** When the lease has ended at the latest, on the monotonic clock. */
  leaseEndsAt: number;
  readonly startedAt: number = monotonicNow();
  handlersEndedAt: number = this.startedAt;
  /** Resolves when the inbox knows its result. */
  ended: Promise<void> = NOTHING_TO_WAIT_FOR;
  /** Until its handlers have ended. */
  isHandling = true;
  /** Released to the inbox: its results no longer count. */
  isGivenBack = false;
  /** Another take now has the event. */
  isLost = false;
  /** Why no further handlers are called. */
  interruption: CallStatusError | undefined;
  /** Handlers that finished in this attempt. */
  readonly done: string[] = [];
  /** What the last failed handler threw. */
  failure: { readonly handler: string; readonly cause: unknown; readonly isTimeout: boolean } | undefined;
  /** The inbox knows that it failed, why, and when it is retried; without `retryInMs`, its event is a dead letter. */
  failed: { readonly error?: unknown; readonly retryInMs?: number } | undefined;
  /** No handler is registered for its event. */
  isUnhandled = false;
  /** The name of the running handler. */
  current: string | undefined;
  readonly #options: AttemptOptions;
  readonly #handlerTimeoutMs: number;
  /** Whether every handler was called, and none was interrupted. */
  isComplete = false;
  #context: Context | undefined;
  #transaction: AttemptTransaction | undefined;
  #isInterrupted = false;

  /** @param handlerTimeoutMs how long one handler may take; may be infinite */
  constructor(job: Job, leaseEndsAt: number, options: AttemptOptions, handlerTimeoutMs: number) {
    this.job = job;
    this.lease = job.lease;
    this.leaseEndsAt = leaseEndsAt;
    this.#options = options;
    this.#handlerTimeoutMs = handlerTimeoutMs;
  }

  get about(): { readonly provider: string; readonly eventId: string } {
    const { provider, id } = this.job.event;
    return { provider, eventId: id };
  }

  get details(): ErrorDetails {
    return { ...this.about, attempt: this.job.attempt };
  }

  /** Handlers that are not called again if this attempt fails: not those whose writes are undone. */
  get doneHandlers(): readonly string[] {
    return [...this.job.doneHandlers, ...this.done.filter((name) => !this.#transaction?.isUsedBy(name))];
  }

  /** What the handlers wrote, to be committed with the result; `undefined`: nothing. */
  get transaction(): AttemptTransaction | undefined {
    return this.#transaction?.hasBegun ? this.#transaction : undefined;
  }

  /**
   * Calls the handlers one after the other. If one fails, the others still run; a later attempt calls only those that have not finished.
   */
  async run(handlers: readonly NamedHandler[]): Promise<void> {
    for (const handler of handlers) {
      if (this.job.doneHandlers.includes(handler.name)) continue;
      if (this.interruption !== undefined) {
        this.#isInterrupted = true;
        break;
      }
      await this.#call(handler);
    }
    this.isComplete = !this.#isInterrupted && !this.#transaction?.isUndone;
    this.#context = undefined;
    this.current = undefined;
  }

  /** Aborts the signal of the running handler, and calls no further handlers. */
  interrupt(reason: CallStatusError): void {
    this.interruption = reason;
    this.#context?.abort(reason);
    this.#transaction?.rollBack(reason);
  }

  transactionOf(context: Context): Transaction {
    if (this.#transaction === undefined) {
      this.#transaction = new AttemptTransaction(this.#options.inbox, this.details);
      if (this.failure !== undefined) this.#transaction.rollBack();
    }
    return this.#transaction.of(context);
  }

  /** Its lease is valid after all: the remaining handlers may run. */
  resume(lease: Lease, leaseEndsAt: number): void {
    this.lease = lease;
    this.leaseEndsAt = leaseEndsAt;
    this.isLost = false;
    this.interruption = undefined;
  }

  #call(handler: NamedHandler): Promise<void> | undefined {
    const context = new Context(handler.name, this.job, this.#options, this);
    this.#context = context;
    this.current = handler.name;
    return isTraced() ? this.#trace(handler, context) : this.#run(handler, context);
  }

  #trace(handler: NamedHandler, context: Context): Promise<void> | undefined {
    const traced = new TracedHandler(this.#messageAbout(handler.name));
    context.traced = traced;
    return traced.run(() => this.#run(handler, context));
  }

  /** Waits only if there is something to wait for, since every turn costs time. */
  #run({ name, run }: NamedHandler, context: Context): Promise<void> | undefined {
    // Each call gets a copy of the current async context, so that `enterWith` in one handler does not affect another.
    const scope = new AsyncResource('call-status');
    try {
      const result = scope.runInAsyncScope(run, undefined, this.job.event, context);
      const isPending = isThenable(result) || this.#transaction?.idle() !== undefined;
      if (isPending) {
        context.traced?.returned();
        return this.#settle(name, context, result);
      }
      this.#finished(name, context);
    } catch (cause) {
      this.#failed(name, cause, context);
    }
    return undefined;
  }

  /** Resolves when the handler settles or times out; anything it does later does not count. */
  #settle(name: string, context: Context, result: unknown): Promise<void> {
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
      // A result that came in time counts, even if the event loop was busy or the process suspended.
      if (this.#handlerTimeoutMs < Number.POSITIVE_INFINITY) {
        const ms = Math.min(this.#handlerTimeoutMs, LONGEST_TIMER_MS);
        cancel = this.#options.timers.after(ms, () => setImmediate(expire));
      }
      const finish = (): void => once(() => this.#finished(name, context));
      Promise.resolve(result).then(
        () => {
          // Statements that the handler did not wait for count too.
          const idle = this.#transaction?.idle();
          if (idle === undefined) finish();
          else void idle.then(finish);
        },
        (cause) => once(() => this.#failed(name, cause, context)),
      );
    });
  }

  #finished(name: string, context: Context): void {
    const failure = this.#transaction?.isUsedBy(name) ? this.#transaction.failure : undefined;
    if (failure !== undefined) {
      this.#failed(name, failure.cause, context);
      return;
    }
    context.isOver = true;
    this.done.push(name);
    context.traced?.ended();
  }

  #timedOut(handler: string, context: Context): void {
    const reason = `It took longer than ${this.#handlerTimeoutMs} ms.`;
    const error = new CallStatusError('handler_timeout', { ...this.details, handler, reason });
    context.abort(error);
    this.#failed(handler, error, context, error);
  }

  /** An error that a handler throws because its signal was aborted is not a failure of the handler. */
  #failed(handler: string, cause: unknown, context: Context, error?: CallStatusError): void {
    context.isOver = true;
    const isInterrupted = context.reason !== undefined && context.reason.code !== 'handler_timeout';
    context.traced?.failed(isInterrupted ? context.reason : cause);
    if (isInterrupted) {
      this.#isInterrupted = true;
      return;
    }
    this.failure = { handler, cause, isTimeout: error !== undefined };
    this.#transaction?.rollBack();
    this.#options.report(error ?? new CallStatusError('handler_failed', { ...this.details, handler }, { cause }));
  }

  #messageAbout(handler: string): HandleMessage {
    const { event, attempt, trace } = this.job;
    const { provider, id: eventId, callId, status } = event;
    const about = { provider, eventId, callId, status, handler, attempt, attemptId: this.id };
    return { ...about, ...(trace !== undefined && { trace }) };
  }
}

function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof (result as { then?: unknown } | null | undefined)?.then === 'function';
}
