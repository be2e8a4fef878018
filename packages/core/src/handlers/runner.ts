import { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import { monotonicNow } from '../timer.ts';
import type { Attempt } from './attempt.ts';
import { type NamedHandler, renamedHandlers } from './registry.ts';
import type { Results } from './results.ts';
import type { WorkerOptions } from './worker-options.ts';

/** What the runner needs from its worker. */
export interface RunnerOptions extends Pick<WorkerOptions, 'providers' | 'handlersFor' | 'beforeHandling' | 'log'> {
  readonly results: Results;
  report(error: CallStatusError): void;
  /** The handlers of an attempt have ended; the inbox does not know yet. */
  ended(attempt: Attempt): void;
}

/** Runs attempts: calls the handlers, and tells the inbox the result. */
export class Runner {
  readonly #options: RunnerOptions;
  /** What has already been reported. */
  readonly #reported = new Set<string>();

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** Resolves to whether the event was handled and the inbox knows it. */
  async run(attempt: Attempt): Promise<boolean> {
    const { results, providers } = this.#options;
    const isKnown = providers.has(attempt.job.event.provider);
    const isInterruptedTooOften = results.isInterruptedTooOften(attempt);
    if (isKnown && !isInterruptedTooOften) await this.#callHandlers(attempt);
    attempt.isHandling = false;
    attempt.handlersEndedAt = monotonicNow();
    this.#options.ended(attempt);
    if (!isKnown) {
      this.#options.report(new CallStatusError('provider_missing', attempt.details));
      await results.fail(attempt, undefined, NOT_KNOWN);
    } else if (isInterruptedTooOften) await results.moveToDeadLetters(attempt, undefined, NOT_TRIED_AGAIN);
    else if (attempt.failure !== undefined) await results.fail(attempt, attempt.failure.cause);
    else if (attempt.isComplete)
      return attempt.transaction ? results.commit(attempt, attempt.transaction) : results.finish(attempt);
    else if (!attempt.isLost) await results.release(attempt);
    return false;
  }

  async #callHandlers(attempt: Attempt): Promise<void> {
    const { event, suspect } = attempt.job;
    const handlers = this.#options.handlersFor(event);
    if (handlers.length === 0) {
      attempt.isUnhandled = true;
      this.#reportUnhandled(event);
      return attempt.run(handlers);
    }
    this.#reportRenamed(attempt, handlers);
    await this.#options.beforeHandling(event.id);
    if (suspect && !(await this.#options.results.begin(attempt))) return;
    await attempt.run(handlers);
  }

  /** The missing provider may exist in another release or process. */
  #reportUnhandled({ provider, status, transition }: AnyCallStatusEvent): void {
    const { log } = this.#options;
    if (transition !== 'advance' || log.debug === undefined || !this.#isFirst(`${provider} ${status}`)) return;
    try {
      log.debug(
        { provider, status },
        'No handler is registered for this status, so its events count as handled. Logged once.',
      );
    } catch {}
  }

  #reportRenamed(attempt: Attempt, handlers: readonly NamedHandler[]): void {
    if (attempt.job.doneHandlers.length === 0) return;
    for (const handler of renamedHandlers(attempt.job.doneHandlers, handlers)) {
      if (!this.#isFirst(handler)) continue;
      this.#options.report(new CallStatusError('handlers_changed', { ...attempt.details, handler }));
    }
  }

  #isFirst(what: string): boolean {
    return this.#reported.size < this.#reported.add(what).size;
  }
}

const NOT_KNOWN = 'The receiver that took it does not have its provider.';
const NOT_TRIED_AGAIN = 'It is not tried again.';
