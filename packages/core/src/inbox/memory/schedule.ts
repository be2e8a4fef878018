import type { InboxHealth, Job, Lease, Outcome, Taken, TakeRequest } from '../inbox.ts';
import type { CallQueue } from './call-queue.ts';
import { CallQueueList } from './call-queue-list.ts';
import { LaterQueue } from './later-queue.ts';
import { Leases, type ResultName } from './leases.ts';
import type { QueuedJob } from './queued-job.ts';

/** Which work is due, which waits for its time, and which runs. All times are elapsed milliseconds. */
export class Schedule {
  /** Calls whose first work is due, by provider; each list in the order in which they became so. */
  readonly #due = new Map<string, CallQueueList>();
  #dueCount = 0;
  /** Calls whose first work is due and a suspect. */
  readonly #suspects = new CallQueueList();
  readonly #later = new LaterQueue();
  #laterCount = 0;
  readonly #leases = new Leases();
  /** No lease ends before. */
  #leasesUntil = Number.POSITIVE_INFINITY;
  #runningCount = 0;
  #places = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Lets a call's first work be taken, now or when it is time. */
  add(lane: CallQueue): void {
    const now = this.#advance();
    if (lane.runAt > now) this.#enterLater(lane);
    else this.#enterDue(lane, now);
  }

  /** Takes a call out, as if it had no work; a worker that has some of it loses its lease. */
  remove(lane: CallQueue): void {
    this.#leave(lane);
    const { head } = lane;
    if (head !== undefined && head.token !== '') this.#leases.remove(head);
  }

  take({ limit, leaseMs, limits = {}, suspect = false }: TakeRequest): Taken {
    const now = this.#advance();
    const left = new Map(Object.entries(limits));
    const work: Job[] = [];
    while (work.length < (suspect ? Math.min(limit, 1) : limit)) {
      const lane = suspect ? this.#firstSuspect(left) : this.#firstDue(left);
      if (lane === undefined) break;
      const ofProvider = left.get(lane.provider);
      if (ofProvider !== undefined) left.set(lane.provider, ofProvider - 1);
      work.push(this.#lease(lane, now + leaseMs));
    }
    const nextInMs = Math.min(this.#later.nextAt, this.#leasesUntil) - now;
    const suspects = this.#suspects.size > 0;
    const more = this.#dueCount > 0;
    return Number.isFinite(nextInMs) ? { jobs: work, nextInMs, suspects, more } : { jobs: work, suspects, more };
  }

  /** Prolongs a lease; `false` if it is lost. */
  renew({ token }: Lease, leaseMs: number): boolean {
    const job = this.#leases.get(token);
    if (job === undefined) return false;
    // It may have ended without another take.
    if (job.lane.state !== 'running') {
      this.#leave(job.lane);
      this.#enterRunning(job.lane);
    }
    job.leaseUntil = this.#now() + leaseMs;
    this.#leasesUntil = Math.min(this.#leasesUntil, job.leaseUntil);
    return true;
  }

  begin({ token }: Lease, retryInMs: number): Outcome {
    this.#advance();
    const job = this.#leases.get(token);
    if (job?.lane.state !== 'running') return 'lost';
    job.interruptedForMs = positive(retryInMs);
    return 'done';
  }

  /** Ends a lease by its result. Returns its job, which is no longer scheduled, or what to answer if there is no such lease. */
  end({ token }: Lease, result: ResultName): QueuedJob | Outcome {
    const job = this.#leases.get(token);
    if (job === undefined) return this.#leases.outcomeOf(token, result);
    this.#leases.end(job, result);
    job.interruptedForMs = undefined;
    this.#leave(job.lane);
    return job;
  }

  /** When a pause that begins now is over. */
  after(ms: number): number {
    return this.#now() + positive(ms);
  }

  health(): Pick<InboxHealth, 'due' | 'lagMs' | 'retrying' | 'running'> {
    const now = this.#advance();
    const oldest = [this.#suspects, ...this.#due.values()].map((list) => list.oldest?.dueSince ?? now);
    return {
      due: this.#dueCount + this.#suspects.size,
      lagMs: now - Math.min(...oldest),
      retrying: this.#laterCount,
      running: this.#runningCount,
    };
  }

  /** Brings everything to where it is by now. */
  #advance(): number {
    const now = this.#now();
    if (now >= this.#leasesUntil) this.#endLeases(now);
    for (let lane = this.#later.shiftDue(now); lane !== undefined; lane = this.#later.shiftDue(now)) {
      this.#leave(lane);
      this.#enterDue(lane, lane.runAt);
    }
    return now;
  }

  /** What has no result is suspect; what was begun pauses. It counts as interrupted once another take follows: a late result may still come. */
  #endLeases(now: number): void {
    const running = [...this.#leases].filter(({ lane }) => lane.state === 'running');
    const ended = running.filter(({ leaseUntil }) => leaseUntil <= now).sort((a, b) => a.leaseUntil - b.leaseUntil);
    for (const job of ended) {
      job.isSuspect = true;
      job.runAt = job.leaseUntil + (job.interruptedForMs ?? 0);
      this.#leave(job.lane);
      if (job.runAt > now) this.#enterLater(job.lane);
      else this.#enterDue(job.lane, job.runAt);
    }
    this.#leasesUntil = Math.min(
      ...running.map(({ leaseUntil }) => (leaseUntil > now ? leaseUntil : Number.POSITIVE_INFINITY)),
    );
  }

  /** The call that has been due for longest, of a provider of which more may be taken. */
  #firstDue(left: ReadonlyMap<string, number>): CallQueue | undefined {
    let first: CallQueue | undefined;
    for (const [provider, { oldest }] of this.#due) {
      if (oldest === undefined || (left.get(provider) ?? 1) <= 0) continue;
      if (first === undefined || oldest.place < first.place) first = oldest;
    }
    return first;
  }

  #firstSuspect(left: ReadonlyMap<string, number>): CallQueue | undefined {
    let lane = this.#suspects.oldest;
    while (lane !== undefined && (left.get(lane.provider) ?? 1) <= 0) lane = lane.newer;
    return lane;
  }

  #lease(lane: CallQueue, until: number): Job {
    const job = lane.head as QueuedJob;
    this.#leave(lane);
    this.#enterRunning(lane);
    const fence = this.#leases.add(job);
    if (job.interruptedForMs !== undefined) job.interruptions++;
    job.interruptedForMs = undefined;
    job.leaseUntil = until;
    this.#leasesUntil = Math.min(this.#leasesUntil, until);
    const { event, token, failures, interruptions, isSuspect, doneHandlers } = job;
    const lease = { eventId: event.id, token };
    return { lease, event, attempt: failures + 1, interruptions, suspect: isSuspect, fence, doneHandlers };
  }

  #enterDue(lane: CallQueue, since: number): void {
    lane.state = 'due';
    lane.dueSince = since;
    lane.place = ++this.#places;
    if (lane.head?.isSuspect) {
      this.#suspects.append(lane);
      return;
    }
    let list = this.#due.get(lane.provider);
    if (list === undefined) {
      list = new CallQueueList();
      this.#due.set(lane.provider, list);
    }
    list.append(lane);
    this.#dueCount++;
  }

  #enterLater(lane: CallQueue): void {
    lane.state = 'later';
    this.#later.push(lane);
    this.#laterCount++;
  }

  #enterRunning(lane: CallQueue): void {
    lane.state = 'running';
    this.#runningCount++;
  }

  #leave(lane: CallQueue): void {
    if (lane.state === 'due') {
      if (lane.list !== this.#suspects) this.#dueCount--;
      lane.list?.remove(lane);
    } else if (lane.state === 'later') this.#laterCount--;
    else if (lane.state === 'running' && --this.#runningCount === 0) this.#leasesUntil = Number.POSITIVE_INFINITY;
    lane.state = 'idle';
  }
}

/** What is no number is no pause. */
function positive(ms: number): number {
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}
