import { CallStatusError, type ErrorDetails } from '../errors.ts';
import type { Inbox, Lease, Outcome } from '../inbox/inbox.ts';
import { inboxFailure } from '../inbox/inbox-failure.ts';
import { publish } from '../telemetry.ts';
import type { Timers } from '../timer.ts';
import type { Attempt } from './attempt.ts';
import { bounded, textOf } from './failure-text.ts';
import { budgetOf, type Interruptions } from './interruptions.ts';
import { exponentialBackoff, type RetryOptions } from './retry.ts';

const ATTEMPTS = 8;

/** What the results of a worker need of it. */
export interface ResultsOptions {
  readonly inbox: Inbox;
  /** The pause before an inbox that failed is asked again, in milliseconds. */
  readonly pollMs: number;
  readonly timers: Timers;
  readonly interruptions: Interruptions;
  retryFor(provider: string): RetryOptions;
  readonly report: (error: CallStatusError) => void;
  /** Calls a function of the application. */
  call<Result>(fn: () => Result): Result;
  /** Another take has the event. */
  lose(attempt: Attempt): void;
}

/** What a worker tells the inbox of its attempts. All resolve to whether it counts. */
export class Results {
  readonly #options: ResultsOptions;

  constructor(options: ResultsOptions) {
    this.#options = options;
  }

  /** The handlers of a suspect are about to begin. */
  begin(attempt: Attempt): Promise<boolean> {
    const { interruptions } = attempt.work;
    const retryInMs = this.#pauseAfter(attempt, interruptions + 1);
    return this.#tell(attempt, (lease) => this.#options.inbox.begin(lease, { retryInMs }));
  }

  finish(attempt: Attempt): Promise<boolean> {
    return this.#tell(attempt, (lease) => this.#options.inbox.finish(lease));
  }

  /** It was interrupted, which is no failure of a handler: it is tried again after a pause, and nothing is counted. */
  release(attempt: Attempt): Promise<boolean> {
    const retryInMs = this.#pauseAfter(attempt, attempt.work.attempt);
    return this.#tell(attempt, (lease) => this.#options.inbox.release(lease, { retryInMs }));
  }

  /** Handlers failed: the event is tried again later, or becomes a dead letter. */
  async fail(attempt: Attempt, cause: unknown, error: string = textOf(cause)): Promise<boolean> {
    const { attempts = ATTEMPTS } = this.#options.retryFor(attempt.work.event.provider);
    if (attempt.work.attempt >= attempts) return this.bury(attempt, cause, error);
    const { doneHandlers } = attempt;
    const retryInMs = this.#pauseAfter(attempt, attempt.work.attempt);
    const failure = { error, doneHandlers, retryInMs };
    const counts = await this.#tell(attempt, (lease) => this.#options.inbox.fail(lease, failure));
    if (counts) publish(() => ({ type: 'event.retried', ...attempt.subject, retryInMs }));
    return counts;
  }

  /** The event becomes a dead letter, whose text says what happened. */
  async bury(attempt: Attempt, cause: unknown, error: string): Promise<boolean> {
    const { inbox, interruptions, report } = this.#options;
    const { doneHandlers, details, work } = attempt;
    const reason = interruptions.describe(work);
    const failure = { error: bounded(reason === undefined ? error : `${error} [${reason}]`), doneHandlers };
    const counts = await this.#tell(attempt, (lease) => inbox.fail(lease, failure));
    if (!counts) return false;
    interruptions.forget(work.event.id);
    publish(() => ({ type: 'event.dead', ...attempt.subject }));
    report(new CallStatusError('dead_letter', { ...details, ...(reason !== undefined && { reason }) }, { cause }));
    return true;
  }

  /** Whether so many attempts were interrupted that the event is not tried again. */
  isBeyondBudget({ work: { event, interruptions } }: Attempt): boolean {
    const { attempts = ATTEMPTS } = this.#options.retryFor(event.provider);
    return interruptions >= budgetOf(attempts);
  }

  inboxFailed(details: ErrorDetails, cause: unknown): void {
    this.#options.report(inboxFailure(cause, details));
  }

  /** Tells the inbox again and again until it answers. An answer that was lost may have been `done`. */
  async #tell(attempt: Attempt, tell: (lease: Lease) => Promise<Outcome>): Promise<boolean> {
    let isUnknown = false;
    while (!attempt.isGivenBack) {
      const { lease } = attempt;
      try {
        const outcome = await tell(lease);
        if (outcome === 'done' || (outcome === 'gone' && isUnknown)) return true;
        // It was taken again here meanwhile, and goes on with the new lease.
        if (attempt.lease !== lease) continue;
        this.#options.lose(attempt);
        return false;
      } catch (cause) {
        isUnknown = true;
        this.inboxFailed(attempt.about, cause);
        await new Promise<void>((resolve) => this.#options.timers.after(this.#options.pollMs, resolve));
      }
    }
    return false;
  }

  /** @param count of failed or interrupted attempts, from 1 */
  #pauseAfter(attempt: Attempt, count: number): number {
    const { backoff = exponentialBackoff } = this.#options.retryFor(attempt.work.event.provider);
    try {
      const pause = this.#options.call(() => backoff(count));
      if (Number.isFinite(pause)) return pause;
      throw new TypeError('backoff() has to return a number of milliseconds.');
    } catch (cause) {
      const details = { ...attempt.about, issues: [BACKOFF_FAILED] };
      this.#options.report(new CallStatusError('invalid_options', details, { cause }));
      return exponentialBackoff(count);
    }
  }
}

const BACKOFF_FAILED = 'retry.backoff: it threw, or returned no number of milliseconds; the default is used.';
