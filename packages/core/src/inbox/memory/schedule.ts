import { type Clock, monotonicNow } from '../../timer.ts';
import type { InboxHealth, Job, Lease, Outcome, Taken, TakeRequest } from '../inbox.ts';
import type { CallQueue, QueuedJob } from './call-queue.ts';
import { LaterQueue } from './later-queue.ts';
import { Leases, type ResultName } from './leases.ts';
import { LinkedList } from './linked-list.ts';

/**
 * Elapsed whole milliseconds by a clock that may be set back: a step back does not make anything wait longer. Without a clock, by a monotonic
 * one.
 */
export function elapsedBy(clock: Clock | undefined): () => number {
  if (clock === undefined) return () => Math.floor(monotonicNow());
  let last = clock();
  let elapsed = 0;
  return () => {
    const now = clock();
    if (now > last) elapsed += now - last;
    last = now;
    return elapsed;
  };
}

/** What is due, waits or runs. */
export interface ScheduleHealth extends Pick<InboxHealth, 'due' | 'lagMs' | 'retrying' | 'running'> {
  /** Infinite if there is no retry. */
  readonly nextRetryInMs: number;
}

/** Tracks which jobs are due, waiting or running. All times are elapsed milliseconds. */
export class Schedule {
  /** Calls whose first job is due, by provider; each list in the order in which they became due. */
  readonly #due = new Map<string, LinkedList<CallQueue>>();
  #dueCount = 0;
  /** Calls whose first job is due and a suspect. */
  readonly #suspects = new LinkedList<CallQueue>();
  readonly #later = new LaterQueue();
  #laterCount = 0;
  readonly #leases = new Leases();
  /** The earliest time at which a lease can end. */
  #leasesUntil = Number.POSITIVE_INFINITY;
  #runningCount = 0;
  #dueOrder = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Makes a call's first job available, now or when it is due. */
  add(queue: CallQueue): void {
    const now = this.#advance();
    if (queue.dueAt > now) this.#enterLater(queue);
    else this.#enterDue(queue, now);
  }

  /** Removes a call, as if it had no jobs; a worker that has one of them loses its lease. */
  remove(queue: CallQueue): void {
    this.#leave(queue);
    const { head } = queue;
    if (head !== undefined && head.token !== '') this.#leases.remove(head);
  }

  take({ limit, leaseMs, limits = {}, suspect = false }: TakeRequest): Taken {
    const now = this.#advance();
    const left = new Map(Object.entries(limits));
    const jobs: Job[] = [];
    while (jobs.length < (suspect ? Math.min(limit, 1) : limit)) {
      const queue = suspect ? this.#firstSuspect(left) : this.#firstDue(left);
      if (queue === undefined) break;
      const ofProvider = left.get(queue.provider);
      if (ofProvider !== undefined) left.set(queue.provider, ofProvider - 1);
      jobs.push(this.#lease(queue, now + leaseMs));
    }
    const nextInMs = Math.min(this.#later.nextAt, this.#leasesUntil) - now;
    const suspects = this.#suspects.size > 0;
    const more = this.#dueCount > 0;
    return Number.isFinite(nextInMs) ? { jobs, nextInMs, suspects, more } : { jobs, suspects, more };
  }

  /** Extends a lease. `false`: it is lost. */
  renew({ token }: Lease, leaseMs: number): boolean {
    const job = this.#leases.get(token);
    if (job === undefined) return false;
    // It may have ended without being taken again.
    if (job.queue.state !== 'running') {
      this.#leave(job.queue);
      this.#enterRunning(job.queue);
    }
    job.leaseUntil = this.#now() + leaseMs;
    this.#leasesUntil = Math.min(this.#leasesUntil, job.leaseUntil);
    return true;
  }

  begin({ token }: Lease, retryInMs: number): Outcome {
    this.#advance();
    const job = this.#leases.get(token);
    if (job?.queue.state !== 'running') return 'lost';
    job.interruptedForMs = positive(retryInMs);
    return 'done';
  }

  /** Ends a lease with its result. Returns its job, which is no longer scheduled, or the answer if there is no such lease. */
  end({ token }: Lease, result: ResultName): QueuedJob | Outcome {
    const job = this.#leases.get(token);
    if (job === undefined) return this.#leases.outcomeOf(token, result);
    this.#leases.end(job, result);
    job.interruptedForMs = undefined;
    this.#leave(job.queue);
    return job;
  }

  /** The next take has a higher number than this. */
  startAfter(fence: number): void {
    this.#leases.startAfter(fence);
  }

  /** When a pause that starts now ends. */
  after(ms: number): number {
    return this.#now() + positive(ms);
  }

  health(): ScheduleHealth {
    const now = this.#advance();
    const oldest = [this.#suspects, ...this.#due.values()].map((list) => list.oldest?.dueSince ?? now);
    return {
      due: this.#dueCount + this.#suspects.size,
      lagMs: now - Math.min(...oldest),
      nextRetryInMs: this.#later.nextAt - now,
      retrying: this.#laterCount,
      running: this.#runningCount,
    };
  }

  /** Ends all leases and pauses whose time has come. */
  #advance(): number {
    const now = this.#now();
    if (now >= this.#leasesUntil) this.#endLeases(now);
    for (let queue = this.#later.shiftDue(now); queue !== undefined; queue = this.#later.shiftDue(now)) {
      this.#leave(queue);
      this.#enterDue(queue, queue.dueAt);
    }
    return now;
  }

  /**
   * Jobs without a result become suspects, after a pause if they began. The interruption counts only once another take follows, since a
   * late result may still arrive.
   */
  #endLeases(now: number): void {
    const running = [...this.#leases].filter(({ queue }) => queue.state === 'running');
    const ended = running.filter(({ leaseUntil }) => leaseUntil <= now).sort((a, b) => a.leaseUntil - b.leaseUntil);
    for (const job of ended) {
      job.isSuspect = true;
      job.dueAt = job.leaseUntil + (job.interruptedForMs ?? 0);
      this.#leave(job.queue);
      if (job.dueAt > now) this.#enterLater(job.queue);
      else this.#enterDue(job.queue, job.dueAt);
    }
    this.#leasesUntil = Number.POSITIVE_INFINITY;
    for (const { leaseUntil } of running) {
      if (leaseUntil > now && leaseUntil < this.#leasesUntil) this.#leasesUntil = leaseUntil;
    }
  }

  /** The call that has been due for longest, of the providers that are within their limits. */
  #firstDue(left: ReadonlyMap<string, number>): CallQueue | undefined {
    let first: CallQueue | undefined;
    for (const [provider, { oldest }] of this.#due) {
      if (oldest === undefined || (left.get(provider) ?? 1) <= 0) continue;
      if (first === undefined || oldest.dueOrder < first.dueOrder) first = oldest;
    }
    return first;
  }

  #firstSuspect(left: ReadonlyMap<string, number>): CallQueue | undefined {
    for (const queue of this.#suspects.oldestFirst()) if ((left.get(queue.provider) ?? 1) > 0) return queue;
    return undefined;
  }

  #lease(queue: CallQueue, until: number): Job {
    const job = queue.head as QueuedJob;
    this.#leave(queue);
    this.#enterRunning(queue);
    const fence = this.#leases.add(job);
    if (job.interruptedForMs !== undefined) job.interruptions++;
    job.interruptedForMs = undefined;
    job.leaseUntil = until;
    this.#leasesUntil = Math.min(this.#leasesUntil, until);
    const { event, trace, token, failures, interruptions, isSuspect, doneHandlers } = job;
    return {
      lease: { eventId: event.id, token },
      event,
      ...(trace !== undefined && { trace }),
      attempt: failures + 1,
      interruptions,
      suspect: isSuspect,
      fence,
      doneHandlers,
    };
  }

  #enterDue(queue: CallQueue, since: number): void {
    queue.state = 'due';
    queue.dueSince = since;
    queue.dueOrder = ++this.#dueOrder;
    if (queue.head?.isSuspect) {
      this.#suspects.append(queue.inState);
      return;
    }
    let list = this.#due.get(queue.provider);
    if (list === undefined) {
      list = new LinkedList<CallQueue>();
      this.#due.set(queue.provider, list);
    }
    list.append(queue.inState);
    this.#dueCount++;
  }

  #enterLater(queue: CallQueue): void {
    queue.state = 'later';
    this.#later.push(queue);
    this.#laterCount++;
  }

  #enterRunning(queue: CallQueue): void {
    queue.state = 'running';
    this.#runningCount++;
  }

  #leave(queue: CallQueue): void {
    if (queue.state === 'due') {
      if (queue.inState.list !== this.#suspects) this.#dueCount--;
      queue.inState.leave();
    } else if (queue.state === 'later') this.#laterCount--;
    else if (queue.state === 'running' && --this.#runningCount === 0) this.#leasesUntil = Number.POSITIVE_INFINITY;
    queue.state = 'idle';
  }
}

/** A pause in whole milliseconds; one that is not a number counts as zero. */
function positive(ms: number): number {
  return Number.isNaN(ms) ? 0 : Math.max(0, Math.ceil(ms));
}
