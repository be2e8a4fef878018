import { type Call, foldCall } from './call.ts';
import { CallStatusError, ERRORS, type ErrorCode, type ErrorDetails, isCallStatusError } from './errors.ts';
import type { AnyCallStatusEvent } from './event.ts';
import type { HandlerContext } from './handlers.ts';
import type { Inbox, Outcome, Taken, Work } from './inbox.ts';
import type { Logger } from './log.ts';
import type { Clock, MaybePromise } from './provider.ts';
import type { NamedHandler } from './registry.ts';
import { exponentialBackoff, type RetryOptions } from './retry.ts';
import {
  clearInterval,
  clearTimeout,
  LONGEST_TIMER_MS,
  monotonicNow,
  setImmediate,
  setInterval,
  setTimeout,
} from './timer.ts';

/** What a worker works on, and how. Only handlers and `backoff` may throw. */
export interface WorkerOptions {
  readonly inbox: Inbox;
  /**
   * The handlers of an event, in the order in which they are called. An event without any is done at once; `undefined`: it is of a
   * provider that is not known here, so somebody else has to handle it.
   */
  handlersFor(event: AnyCallStatusEvent): readonly NamedHandler[] | undefined;
  retryFor(event: AnyCallStatusEvent): RetryOptions;
  /**
   * Events whose handlers run at a time, each of another call.
   * @default 64
   */
  readonly concurrency?: number;
  /**
   * For how long an event is this worker's if it dies; renewed while handlers run. In milliseconds.
   * @default 15_000
   */
  readonly leaseMs?: number;
  /**
   * The longest time between two looks into the inbox, since its hints can be missed; and the pause after it failed. In milliseconds.
   * @default 1_000
   */
  readonly pollMs?: number;
  /** Who takes the work; for people who read the store. */
  readonly owner: string;
  readonly clock: Clock;
  readonly log: Logger;
  onError(error: CallStatusError): void;
  /** Resolves when the event's answer has left; `undefined` when there is nothing to wait for. */
  beforeHandling(eventId: string): Promise<void> | undefined;
  /** The framework's request, if the event came to this process. */
  requestOf(eventId: string): unknown;
  /** Called after each attempt: were all handlers done, and does the inbox know? */
  settled(eventId: string, handled: boolean): void;
}

/** Runs the handlers of the events in an inbox. */
export interface Worker {
  /** Starts to take work. Safe to call twice. */
  start(): void;
  /** Works until nothing is due any more, or until the deadline. */
  drain(deadlineMs: number): Promise<void>;
  /**
   * Takes no more work and waits for the running handlers. Past the deadline it aborts their signals, gives their work back to the
   * inbox and leaves them to themselves: their results no longer count.
   */
  stop(deadlineMs: number): Promise<Stopped>;
}

/** What became of the events that were running when a worker was stopped. */
export interface Stopped {
  readonly finished: number;
  /** Given back to the inbox, for another worker or the next start. */
  readonly returned: number;
}

const ATTEMPTS = 8;
const SLOW_MS = 300_000;

/** Makes a worker, which waits for `start()`. */
export function createWorker(options: WorkerOptions): Worker {
  return new InboxWorker(options);
}

class InboxWorker implements Worker {
  readonly #options: WorkerOptions;
  readonly #concurrency: number;
  readonly #leaseMs: number;
  readonly #pollMs: number;
  /** An array and no Map, for the reason that `RunningJobs` gives. */
  readonly #runs: Run[] = [];
  /** How many of them the inbox has yet to be told of: only these count, so that a slow inbox does not keep handlers from running. */
  #handling = 0;
  #isWorking = false;
  /** Whether there may be work. */
  #isWanted = false;
  /** Whether it has all the work that it can do at a time, so that there may be more; of what becomes due, the inbox tells. */
  #isFull = false;
  /** Ends the pauses of the results that the inbox has yet to hear of, because it failed. */
  readonly #pauses = new Set<() => void>();
  #renewedAt = 0;
  #pumping: Promise<void> | undefined;
  #stopListening: (() => void) | undefined;
  #polling: NodeJS.Timeout | undefined;
  #waking: NodeJS.Timeout | undefined;
  #renewing: NodeJS.Timeout | undefined;
  #finished = 0;
  #returned = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#concurrency = options.concurrency ?? 64;
    this.#leaseMs = options.leaseMs ?? 15_000;
    this.#pollMs = options.pollMs ?? 1000;
  }

  start(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#stopListening = this.#options.inbox.onWork(() => this.#wake());
    this.#polling = setInterval(() => this.#wake(), this.#pollMs).unref();
    this.#wake();
  }

  async drain(deadlineMs: number): Promise<void> {
    let isOver = false;
    const work = async (): Promise<void> => {
      while (!isOver) {
        this.#wake();
        await this.#pumping;
        if (this.#runs.length === 0) return;
        await Promise.race(this.#runs.map((run) => run.ended));
      }
    };
    if (this.#isWorking) await withDeadline(work(), deadlineMs);
    isOver = true;
  }

  async stop(deadlineMs: number): Promise<Stopped> {
    this.#isWorking = false;
    this.#stopListening?.();
    clearInterval(this.#polling);
    clearTimeout(this.#waking);
    const { finished, returned } = { finished: this.#finished, returned: this.#returned };
    const ended = async (): Promise<void> => {
      await this.#pumping;
      await Promise.all(this.#runs.map((run) => run.ended));
    };
    await withDeadline(ended(), deadlineMs);
    await Promise.all(this.#runs.map((run) => this.#giveBack(run)));
    this.#stopRenewing();
    return { finished: this.#finished - finished, returned: this.#returned - returned };
  }

  #wake(): void {
    this.#isWanted = true;
    if (this.#isWorking) this.#pumping ??= this.#pump();
  }

  async #pump(): Promise<void> {
    while (this.#isWanted && this.#isWorking) {
      // The answers of this turn leave first, and what arrives in it is taken together.
      await new Promise(setImmediate);
      this.#isWanted = false;
      if (this.#isWorking) await this.#takeWork();
    }
    this.#pumping = undefined;
  }

  async #takeWork(): Promise<void> {
    const limit = this.#concurrency - this.#handling;
    this.#isFull = limit <= 0;
    if (this.#isFull) return;
    await this.#keepWhatRuns();
    let taken: Taken;
    try {
      taken = await this.#take(limit);
    } catch (cause) {
      this.#inboxFailed({}, cause);
      return;
    }
    if (!this.#isWorking) {
      await Promise.all(taken.work.map((work) => this.#giveBack(new Run(work))));
      return;
    }
    this.#isFull = taken.more || taken.suspects;
    for (const work of taken.work) this.#startRun(work);
    if (taken.nextInMs !== undefined) this.#wakeIn(taken.nextInMs);
  }

  /** What is due, and suspects, which are given out one by one. */
  async #take(limit: number): Promise<Taken> {
    const { inbox, owner } = this.#options;
    const request = { limit, leaseMs: this.#leaseMs, owner };
    const taken = await inbox.take(request);
    if (!taken.suspects) return taken;
    const room = Array.from({ length: limit - taken.work.length }, () => inbox.take({ ...request, suspect: true }));
    const suspects = await Promise.all(room);
    return { ...taken, work: [...taken.work, ...suspects.flatMap(({ work }) => work)] };
  }

  /**
   * What has run or runs here must not be taken as something that nobody finished, when the inbox failed or this thread was busy for
   * longer than the leases last.
   */
  async #keepWhatRuns(): Promise<void> {
    if (this.#pauses.size > 0) {
      for (const end of this.#pauses) end();
      await new Promise(setImmediate);
    }
    const isLate = this.#options.clock() - this.#renewedAt > this.#leaseMs / 2;
    if (isLate && this.#handling > 0) await this.#renew();
  }

  #wakeIn(delay: number): void {
    if (delay >= this.#pollMs) return;
    clearTimeout(this.#waking);
    this.#waking = setTimeout(() => this.#wake(), delay).unref();
  }

  #startRun(work: Work): void {
    const run = new Run(work);
    run.index = this.#runs.push(run) - 1;
    this.#handling++;
    if (this.#renewing === undefined) this.#startRenewing();
    run.ended = this.#process(run);
  }

  /** The last takes its place, so that it costs the same however many run. */
  #endRun(run: Run): void {
    const last = this.#runs.pop() as Run;
    if (last === run) return;
    this.#runs[run.index] = last;
    last.index = run.index;
  }

  /** Awaits only where there is something to wait for: each turn costs. */
  async #process(run: Run): Promise<void> {
    const options = this.#options;
    const { event, lease } = run.work;
    const running = this.#handle(run, options.handlersFor(event));
    const failed = running instanceof Promise ? await running : running;
    const handled = failed === undefined && (await this.#tell(run, () => options.inbox.finish(lease)));
    if (handled) this.#finished++;
    if (failed !== undefined) await this.#fail(run, failed);
    this.#endRun(run);
    options.settled(event.id, handled);
    if (!handled) this.#wake();
  }

  #handle(run: Run, handlers: readonly NamedHandler[] | undefined): MaybePromise<Failed | undefined> {
    const options = this.#options;
    const { event, attempt, doneHandlers } = run.work;
    if (handlers === undefined) {
      this.#report('provider_missing', { ...run.details, attempt }, undefined);
      return { cause: undefined, error: NOT_KNOWN, doneHandlers };
    }
    if (handlers.length === 0) return undefined;
    const { attempts = ATTEMPTS } = options.retryFor(event);
    if (run.work.interruptions >= Math.max(8, 2 * attempts))
      return { cause: undefined, error: NEVER_ENDED, doneHandlers };
    const answered = options.beforeHandling(event.id);
    const context = new Context(run, options);
    if (answered === undefined) return this.#callHandlers(run, handlers, context, 0);
    return answered.then(() => this.#callHandlers(run, handlers, context, 0));
  }

  /**
   * Calls the handlers one after the other, from one of them on. One that fails does not keep the others from running; only those that
   * failed are called again.
   */
  #callHandlers(
    run: Run,
    handlers: readonly NamedHandler[],
    context: Context,
    from: number,
  ): MaybePromise<Failed | undefined> {
    const { event, doneHandlers } = run.work;
    for (let at = from; at < handlers.length && !run.isOver; at++) {
      const { name, run: handle } = handlers[at] as NamedHandler;
      if (doneHandlers.includes(name)) continue;
      try {
        const result = handle(event, context);
        if (isThenable(result)) {
          return Promise.resolve(result)
            .then(
              () => run.done.push(name),
              (cause) => this.#handlerFailed(run, name, cause),
            )
            .then(() => this.#callHandlers(run, handlers, context, at + 1));
        }
        run.done.push(name);
      } catch (cause) {
        this.#handlerFailed(run, name, cause);
      }
    }
    if (run.failure === undefined) return undefined;
    const { cause } = run.failure;
    return { cause, error: textOf(cause), doneHandlers: [...doneHandlers, ...run.done] };
  }

  #handlerFailed(run: Run, handler: string, cause: unknown): void {
    run.failure = { cause };
    if (run.isOver) return;
    this.#report('handler_failed', { ...run.details, handler, attempt: run.work.attempt }, cause);
  }

  /** The event is tried again later, or becomes a dead letter. */
  async #fail(run: Run, { cause, error, doneHandlers }: Failed): Promise<void> {
    const options = this.#options;
    const { inbox } = options;
    const { event, attempt, lease } = run.work;
    const { attempts = ATTEMPTS, backoff = exponentialBackoff } = options.retryFor(event);
    if (attempt < attempts && error !== NEVER_ENDED) {
      const retryInMs = this.#pauseAfter(run, backoff);
      await this.#tell(run, () => inbox.fail(lease, { error, doneHandlers, retryInMs }));
      return;
    }
    const counts = await this.#tell(run, () => inbox.fail(lease, { error, doneHandlers }));
    if (counts) this.#report('dead_letter', { ...run.details, attempt }, cause);
  }

  #pauseAfter(run: Run, backoff: (attempt: number) => number): number {
    const { attempt } = run.work;
    try {
      const pause = backoff(attempt);
      if (Number.isFinite(pause)) return pause;
      throw new TypeError('backoff() has to return a number of milliseconds.');
    } catch (cause) {
      this.#report('invalid_options', { ...run.details, issues: [BACKOFF_FAILED] }, cause);
      return exponentialBackoff(attempt);
    }
  }

  /** Tells the inbox how an attempt ended, again and again until it listens. `false`: the result does not count. */
  async #tell(run: Run, result: () => Promise<Outcome>): Promise<boolean> {
    run.isHandling = false;
    this.#handling--;
    if (this.#isFull) this.#wake();
    while (!run.isOver) {
      try {
        const counts = (await result()) === 'done';
        if (!counts) this.#lose(run);
        return counts;
      } catch (cause) {
        this.#inboxFailed(run.details, cause);
        await this.#pause();
      }
    }
    return false;
  }

  /** Until the next look into the inbox, and not for longer than `pollMs`. */
  async #pause(): Promise<void> {
    let end = () => {};
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      end = resolve;
      this.#pauses.add(end);
      timer = setTimeout(resolve, this.#pollMs).unref();
    });
    this.#pauses.delete(end);
    clearTimeout(timer);
  }

  #startRenewing(): void {
    this.#renewedAt = this.#options.clock();
    const every = Math.min(this.#leaseMs / 3, LONGEST_TIMER_MS);
    this.#renewing = setInterval(() => void this.#renew(), every).unref();
  }

  async #renew(): Promise<void> {
    this.#renewedAt = this.#options.clock();
    if (this.#runs.length === 0) this.#stopRenewing();
    for (const run of this.#runs) this.#watch(run);
    const leases = this.#runs.filter(({ isHandling, isOver }) => isHandling && !isOver).map(({ work }) => work.lease);
    if (leases.length === 0) return;
    try {
      for (const { token } of await this.#options.inbox.renew(leases, this.#leaseMs)) {
        const run = this.#runs.find(({ work }) => work.lease.token === token);
        // Of one that has told its result in the meantime, the inbox's answer to that decides.
        if (run?.isHandling) this.#lose(run);
      }
    } catch (cause) {
      this.#inboxFailed({}, cause);
    }
  }

  /** Nobody ends a handler that does not end by itself; somebody has to hear of it. */
  #watch(run: Run): void {
    if (run.isSlow || monotonicNow() - run.startedAt < SLOW_MS) return;
    run.isSlow = true;
    this.#options.onError(new CallStatusError('handler_slow', { ...run.details, attempt: run.work.attempt }));
  }

  #stopRenewing(): void {
    clearInterval(this.#renewing);
    this.#renewing = undefined;
  }

  #lose(run: Run): void {
    if (run.isOver) return;
    const error = new CallStatusError('lease_lost', { ...run.details, attempt: run.work.attempt });
    run.abort(error);
    this.#options.onError(error);
  }

  async #giveBack(run: Run): Promise<void> {
    run.abort(new CallStatusError('closed', run.details));
    try {
      if ((await this.#options.inbox.release(run.work.lease)) === 'done') this.#returned++;
    } catch (cause) {
      this.#inboxFailed(run.details, cause);
    }
  }

  /** In the inbox's own words, where it has some that are known here: it may have another copy of this package. */
  #inboxFailed(details: ErrorDetails, cause: unknown): void {
    if (isCallStatusError(cause) && cause.status === 503 && Object.hasOwn(ERRORS, cause.code)) {
      this.#report(cause.code, { ...details, ...cause.details }, cause.cause);
    } else this.#report('inbox_unavailable', details, cause);
  }

  #report(code: ErrorCode, details: ErrorDetails, cause: unknown): void {
    this.#options.onError(new CallStatusError(code, details, { cause }));
  }
}

/** An attempt that a handler failed. */
interface Failed {
  readonly cause: unknown;
  /** The error as text. */
  readonly error: string;
  readonly doneHandlers: readonly string[];
}

const NOTHING_TO_WAIT_FOR = Promise.resolve();

/** One attempt at one event. */
class Run {
  readonly work: Work;
  /** Until the inbox is told the result. */
  isHandling = true;
  /** Its lease is lost or given back, so nothing it does counts. */
  isOver = false;
  /** It runs for long, and that was told. */
  isSlow = false;
  readonly startedAt: number = monotonicNow();
  ended: Promise<void> = NOTHING_TO_WAIT_FOR;
  /** Where it is among those that run. */
  index = 0;
  /** Handlers that were done in this attempt. */
  readonly done: string[] = [];
  /** What the last handler that failed threw. */
  failure: { readonly cause: unknown } | undefined;
  /** Made when a handler asks for the signal: most never do. */
  #controller: AbortController | undefined;
  #reason: CallStatusError | undefined;

  constructor(work: Work) {
    this.work = work;
  }

  get details(): ErrorDetails {
    const { provider, id } = this.work.event;
    return { provider, eventId: id };
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.isOver) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  abort(reason: CallStatusError): void {
    this.isOver = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}

class Context implements HandlerContext {
  readonly attempt: number;
  readonly log: Logger;
  readonly request?: unknown;
  /** A property, so that it can be taken out of the context. */
  readonly call: () => Promise<Call>;
  readonly #run: Run;

  constructor(run: Run, options: WorkerOptions) {
    const { event, attempt } = run.work;
    this.attempt = attempt;
    this.log = options.log;
    if (attempt === 1) this.request = options.requestOf(event.id);
    this.call = async () => (await options.inbox.call(event.provider, event.callId)) ?? foldCall([event]);
    this.#run = run;
  }

  get signal(): AbortSignal {
    return this.#run.signal;
  }
}

/** Resolves when the promise does, or when the deadline is over. */
async function withDeadline(promise: Promise<void>, deadlineMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, Math.min(deadlineMs, LONGEST_TIMER_MS));
  });
  await Promise.race([promise, over]);
  clearTimeout(timer);
}

const BACKOFF_FAILED = 'retry.backoff: it threw, or returned no number of milliseconds; the default is used.';
const NOT_KNOWN = 'The receiver that took it does not have its provider.';
const NEVER_ENDED = 'No attempt came to an end: the process died or the lease was lost each time.';

function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof (result as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Of what a handler threw, which may be anything: a proxy, or an error whose message is no text. */
function textOf(cause: unknown): string {
  try {
    if (cause instanceof Error) return `${cause.name}: ${cause.message}`;
    return typeof cause === 'string' ? cause : 'What was thrown is no error.';
  } catch {
    return 'What was thrown cannot be shown.';
  }
}
