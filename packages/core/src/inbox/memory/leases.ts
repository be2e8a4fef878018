import type { Outcome } from '../inbox.ts';
import type { QueuedJob } from './call-queue.ts';

/** At least this many results are remembered, and at most twice as many. */
const REMEMBERED_RESULTS = 10_000;

export type ResultName = 'finish' | 'fail' | 'release';

/** Jobs by the token of their last take, and the results of those that ended. */
export class Leases {
  readonly #jobs = new Map<string, QueuedJob>();
  #takes = 0;
  #results = new Map<string, ResultName>();
  #earlierResults = new Map<string, ResultName>();

  /** Gives a job a new token and returns the number of the take. The old token becomes invalid. */
  add(job: QueuedJob): number {
    this.#jobs.delete(job.token);
    job.token = String(++this.#takes);
    job.fence = this.#takes;
    this.#jobs.set(job.token, job);
    return this.#takes;
  }

  /** The next take has a higher number than this. */
  startAfter(fence: number): void {
    this.#takes = Math.max(this.#takes, fence);
  }

  get(token: string): QueuedJob | undefined {
    return this.#jobs.get(token);
  }

  /** Ends the lease without a result. */
  remove(job: QueuedJob): void {
    this.#jobs.delete(job.token);
    job.token = '';
  }

  /** Ends the lease with a result. */
  end(job: QueuedJob, result: ResultName): void {
    if (this.#results.size >= REMEMBERED_RESULTS) {
      this.#earlierResults = this.#results;
      this.#results = new Map();
    }
    this.#results.set(job.token, result);
    this.remove(job);
  }

  /** The answer to a result whose lease has ended. */
  outcomeOf(token: string, result: ResultName): Outcome {
    const known = this.#results.get(token) ?? this.#earlierResults.get(token);
    return known === result ? 'done' : 'lost';
  }

  [Symbol.iterator](): Iterator<QueuedJob> {
    return this.#jobs.values();
  }
}
