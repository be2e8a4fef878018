import { CallStatusError, type ErrorDetails, isCallStatusError } from '../errors.ts';
import type { Inbox, Lease, Outcome } from '../inbox/inbox.ts';
import { inboxFailure } from '../inbox/inbox-failure.ts';
import type { Outage } from '../inbox/outage.ts';
import { DEFAULT_ATTEMPTS, mostInterruptions, type RetryOptions } from '../retry.ts';
import type { Timers } from '../timer.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptTransaction } from './attempt-transaction.ts';
import type { Interruptions } from './interruptions.ts';
import { pauseAfter } from './pause.ts';

/** What the results need from their worker. */
export interface ResultsOptions {
  readonly inbox: Inbox;
  readonly outage: Outage;
  readonly leaseMs: number;
  /** The pause before an inbox that failed is asked again, in milliseconds. */
  readonly pollMs: number;
  readonly timers: Timers;
  readonly interruptions: Interruptions;
  readonly retryFor: (provider: string) => RetryOptions;
  readonly report: (error: CallStatusError) => void;
  /** Calls one of the application's functions. */
  readonly call: <Result>(fn: () => Result) => Result;
  /** Another take now has the event. */
  lose(attempt: Attempt): void;
}

/** Reports the results of attempts to the inbox. All methods resolve to whether the result counts. */
export class Results {
  readonly #options: ResultsOptions;

  constructor(options: ResultsOptions) {
    this.#options = options;
  }

  /** The handlers of a suspect are about to start. */
  begin(attempt: Attempt): Promise<boolean> {
    const retryInMs = this.#pauseAfter(attempt, attempt.job.interruptions + 1);
    return this.#tell(attempt, (lease) => this.#options.inbox.begin(lease, { retryInMs }));
  }

  finish(attempt: Attempt): Promise<boolean> {
    return this.#tell(attempt, (lease) => this.#options.inbox.finish(lease));
  }

  /** Commits what the handlers wrote together with the result. */
  async commit(attempt: Attempt, transaction: AttemptTransaction): Promise<boolean> {
    const { lease, leaseEndsAt } = attempt;
    try {
      if ((await transaction.commit(lease)) === 'done') return true;
      return await this.#undone(attempt, lease);
    } catch (cause) {
      const isInboxFailure = isCallStatusError(cause);
      if (isInboxFailure) this.inboxFailed(attempt.about, cause);
      const isHeld = await this.#isHeld(attempt, lease);
      if (isHeld === undefined) return false;
      // Until the lease ends, no other take can have ended the job, so the commit did; or the call was erased, which is owed nothing.
      const isOver = attempt.lease === lease && this.#options.timers.now() < leaseEndsAt;
      if (!isHeld) return isOver || this.#undone(attempt, lease);
      if (isInboxFailure) await this.release(attempt);
      else {
        const details = { ...attempt.details, reason: NOT_COMMITTED };
        this.#options.report(new CallStatusError('handler_failed', details, { cause }));
        await this.fail(attempt, cause);
      }
      return false;
    }
  }

  /** The attempt was interrupted, which is not a handler failure: the event is retried after a pause, and nothing is counted. */
  release(attempt: Attempt): Promise<boolean> {
    const retryInMs = this.#pauseAfter(attempt, attempt.job.attempt);
    return this.#tell(attempt, (lease) => this.#options.inbox.release(lease, { retryInMs }));
  }

  /** Handlers failed: the event is retried later or becomes a dead letter. */
  async fail(attempt: Attempt, cause: unknown, error: string = textOf(cause)): Promise<boolean> {
    if (attempt.job.attempt >= this.#attemptsOf(attempt)) return this.moveToDeadLetters(attempt, cause, error);
    const { doneHandlers } = attempt;
    const retryInMs = this.#pauseAfter(attempt, attempt.job.attempt);
    const failure = { error, doneHandlers, retryInMs };
    const counts = await this.#tell(attempt, (lease) => this.#options.inbox.fail(lease, failure));
    if (counts) attempt.failed = { ...errorOf(cause), retryInMs };
    return counts;
  }

  /** Makes the event a dead letter whose text says what happened. */
  async moveToDeadLetters(attempt: Attempt, cause: unknown, error: string): Promise<boolean> {
    const { inbox, interruptions, report } = this.#options;
    const { doneHandlers, details, job } = attempt;
    const reason = interruptions.describe(job);
    const handler = attempt.failure?.handler;
    const failure = {
      error: bounded(reason === undefined ? error : `${error} [${reason}]`),
      ...(handler !== undefined && { handler }),
      doneHandlers,
    };
    const counts = await this.#tell(attempt, (lease) => inbox.fail(lease, failure));
    if (!counts) return false;
    interruptions.forget(job.event.id);
    attempt.failed = errorOf(cause);
    report(new CallStatusError('dead_letter', { ...details, ...(reason !== undefined && { reason }) }, { cause }));
    return true;
  }

  /** Whether the event was interrupted too often to be retried. */
  isInterruptedTooOften(attempt: Attempt): boolean {
    return attempt.job.interruptions >= mostInterruptions(this.#attemptsOf(attempt));
  }

  /** Repeated attempts are one failure. */
  inboxFailed(details: ErrorDetails, cause: unknown): void {
    const { outage, report } = this.#options;
    const error = inboxFailure(cause, details);
    if (outage.failed('worker', error)) report(error);
  }

  /** Retries until the inbox answers. A lost answer may have been `done`. */
  async #tell(attempt: Attempt, tell: (lease: Lease) => Promise<Outcome>): Promise<boolean> {
    let isUnknown = false;
    while (!attempt.isGivenBack) {
      const { lease } = attempt;
      try {
        const outcome = await tell(lease);
        if (outcome === 'done' || (outcome === 'gone' && isUnknown)) return true;
        // This process has taken the event again, and continues with the new lease.
        if (attempt.lease !== lease) continue;
        this.#options.lose(attempt);
        return false;
      } catch (cause) {
        if (!isUnknown) this.inboxFailed(attempt.about, cause);
        isUnknown = true;
        await this.#pause();
      }
    }
    return false;
  }

  /** The writes of the handlers are undone, since the lease is lost; unless this process has taken the event again. */
  async #undone(attempt: Attempt, lease: Lease): Promise<false> {
    if (attempt.lease !== lease) await this.release(attempt);
    else this.#options.lose(attempt);
    return false;
  }

  /**
   * Whether a lease still has its job; `undefined` if the attempt was given back. Asked after a commit whose outcome is unknown: `finish`
   * would end an event whose writes were undone.
   */
  async #isHeld(attempt: Attempt, lease: Lease): Promise<boolean | undefined> {
    const { inbox, leaseMs } = this.#options;
    while (!attempt.isGivenBack) {
      try {
        return (await inbox.renew([lease], leaseMs)).length === 0;
      } catch (cause) {
        this.inboxFailed(attempt.about, cause);
        await this.#pause();
      }
    }
    return undefined;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#options.timers.after(this.#options.pollMs, resolve));
  }

  #attemptsOf({ job }: Attempt): number {
    return this.#options.retryFor(job.event.provider).attempts ?? DEFAULT_ATTEMPTS;
  }

  /** @param count failed or interrupted attempts, from 1 */
  #pauseAfter(attempt: Attempt, count: number): number {
    const { call, report, retryFor } = this.#options;
    return call(() => pauseAfter(retryFor(attempt.job.event.provider), count, attempt.about, report));
  }
}

const NOT_COMMITTED = 'Its transaction was not committed.';

/** An error's text can be a whole response body, and lists of dead letters read it back. */
const LONGEST_TEXT = 2000;

/** Nothing if nothing was thrown. */
function errorOf(error: unknown): { readonly error?: unknown } {
  return error === undefined ? {} : { error };
}

/** The text to store for what a handler threw, which may be anything: a proxy, or an error whose message is not a string. */
export function textOf(cause: unknown): string {
  try {
    if (isCallStatusError(cause)) return bounded(`${cause.code}: ${cause.message}`);
    if (cause instanceof Error) return bounded(`${cause.name}: ${cause.message}`);
    return typeof cause === 'string' ? bounded(cause) : 'The thrown value is not an error.';
  } catch {
    return 'The thrown value cannot be shown.';
  }
}

/** The beginning of a text that is too long to store. */
function bounded(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  return `${text.slice(0, LONGEST_TEXT).replace(/[\uD800-\uDBFF]$/, '')}… (${text.length} characters)`;
}
