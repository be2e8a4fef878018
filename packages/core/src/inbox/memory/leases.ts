import type { Outcome } from '../inbox.ts';
import type { QueuedJob } from './queued-job.ts';

/** So many results are remembered, and up to twice as many. */
const REMEMBERED_RESULTS = 10_000;

export type ResultName = 'finish' | 'fail' | 'release';

/**
 * Jobs by the token of their last take, and the results of those that ended. An array of slots and no Map: of a Map whose entries come and
 * go, V8 keeps each outgrown table, with all that was in it, alive until a full garbage collection.
 */
export class Leases {
  readonly #jobs: (QueuedJob | undefined)[] = [];
  readonly #free: number[] = [];
  #serial = 0;
  #results = new Map<number, ResultName>();
  #earlierResults = new Map<number, ResultName>();

  /** Gives a job a new token, and returns the number of the take. The old token is lost. */
  add(job: QueuedJob): number {
    const serial = ++this.#serial;
    if (job.token === '') {
      const slot = this.#free.pop() ?? this.#jobs.length;
      this.#jobs[slot] = job;
      job.token = `${slot}.${serial}`;
    } else job.token = `${slotOf(job.token)}.${serial}`;
    return serial;
  }

  get(token: string): QueuedJob | undefined {
    const job = this.#jobs[slotOf(token)];
    return job?.token === token ? job : undefined;
  }

  /** Ends the lease without a result. */
  remove(job: QueuedJob): void {
    const slot = slotOf(job.token);
    job.token = '';
    this.#jobs[slot] = undefined;
    this.#free.push(slot);
  }

  /** Ends the lease with a result. */
  end(job: QueuedJob, result: ResultName): void {
    if (this.#results.size >= REMEMBERED_RESULTS) {
      this.#earlierResults = this.#results;
      this.#results = new Map();
    }
    this.#results.set(serialOf(job.token), result);
    this.remove(job);
  }

  /** What to answer to a result whose lease has ended. */
  outcomeOf(token: string, result: ResultName): Outcome {
    const serial = serialOf(token);
    const known = this.#results.get(serial) ?? this.#earlierResults.get(serial);
    return known === result ? 'done' : 'lost';
  }

  *[Symbol.iterator](): Generator<QueuedJob> {
    for (const job of this.#jobs) if (job !== undefined) yield job;
  }
}

function slotOf(token: string): number {
  return Number.parseInt(token, 10);
}

function serialOf(token: string): number {
  return Number(token.slice(token.indexOf('.') + 1));
}
