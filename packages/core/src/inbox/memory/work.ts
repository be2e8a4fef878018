import type { CallQueue, QueuedJob } from './call-queue.ts';
import type { KeptCalls } from './calls/kept-calls.ts';
import type { Schedule } from './schedule.ts';

/** The unfinished jobs of all calls: the first of each call is scheduled, and the next follows once it is handled or a dead letter. */
export class Work {
  readonly #calls: KeptCalls;
  readonly #schedule: Schedule;
  readonly #listeners = new Set<() => void>();
  #unfinished = 0;

  constructor(calls: KeptCalls, schedule: Schedule) {
    this.#calls = calls;
    this.#schedule = schedule;
  }

  get unfinished(): number {
    return this.#unfinished;
  }

  onJobs(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds the job of a new event. */
  add(queue: CallQueue, job: QueuedJob): void {
    queue.addJob(job);
    this.#unfinished++;
    if (queue.head === job) this.#scheduleNext(queue);
  }

  /** Adds the jobs of a call that was imported. */
  addAll(queue: CallQueue): void {
    this.#unfinished += countOf(queue);
    this.#goOnWith(queue);
  }

  /** Forgets the jobs of a call that is erased. */
  removeAll(queue: CallQueue): void {
    this.#unfinished -= countOf(queue);
  }

  /** Schedules a job again that has not been handled. */
  retry(job: QueuedJob, retryInMs: number): void {
    job.dueAt = this.#schedule.after(retryInMs);
    this.#scheduleNext(job.queue);
  }

  /** The event is handled or a dead letter: the next event of its call follows. */
  end(job: QueuedJob): void {
    const { queue } = job;
    queue.removeHead(job);
    this.#unfinished--;
    this.#goOnWith(queue);
  }

  /** The event is no longer a dead letter: it takes its place among the jobs of its call. */
  replay(job: QueuedJob): void {
    const { queue } = job;
    this.#unfinished++;
    job.failures = 0;
    job.interruptions = 0;
    job.dueAt = 0;
    if (queue.isTaken) {
      queue.insert(job);
      return;
    }
    if (queue.head === undefined) this.#calls.markBusy(queue);
    else this.#schedule.remove(queue);
    queue.insert(job);
    this.#scheduleNext(queue);
  }

  #goOnWith(queue: CallQueue): void {
    if (queue.head === undefined) this.#calls.markIdle(queue);
    else this.#scheduleNext(queue);
  }

  /** Makes a call's first job available, now or when it is due. */
  #scheduleNext(queue: CallQueue): void {
    this.#schedule.add(queue);
    for (const listener of this.#listeners) listener();
  }
}

function countOf(queue: CallQueue): number {
  let count = 0;
  for (let job = queue.head; job !== undefined; job = job.next) count++;
  return count;
}
