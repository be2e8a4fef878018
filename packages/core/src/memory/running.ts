import type { Job } from './lane.ts';

/**
 * Work by the token of its lease. An array of slots and no Map: of a Map whose entries come and go, V8 keeps each outgrown table, with
 * all that was in it, alive until a full garbage collection.
 */
export class RunningJobs {
  readonly #jobs: (Job | undefined)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#jobs.length - this.#free.length;
  }

  /** Adds a job, and gives it a token: its slot, and a serial number that no earlier lease had. */
  add(job: Job, serial: number): string {
    const slot = this.#free.pop() ?? this.#jobs.length;
    this.#jobs[slot] = job;
    job.token = `${slot}.${serial.toString(36)}`;
    return job.token;
  }

  get(token: string): Job | undefined {
    const job = this.#jobs[Number.parseInt(token, 10)];
    return job?.token === token ? job : undefined;
  }

  remove(job: Job): void {
    const slot = Number.parseInt(job.token, 10);
    job.token = '';
    this.#jobs[slot] = undefined;
    this.#free.push(slot);
  }

  *[Symbol.iterator](): Generator<Job> {
    for (const job of this.#jobs) if (job !== undefined) yield job;
  }
}
