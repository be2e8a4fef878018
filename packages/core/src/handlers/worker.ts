import { CallStatusError } from '../errors.ts';
import type { WorkerLoad } from '../inbox/health.ts';
import type { Job, Taken, TakeRequest } from '../inbox/inbox.ts';
import { monotonicNow, nodeTimers, type Timers } from '../timer.ts';
import { Attempt, type AttemptOptions } from './attempt.ts';
import { AsyncContext } from './context.ts';
import { withDeadline } from './deadline.ts';
import { publishHandled } from './handled-message.ts';
import { Interruptions } from './interruptions.ts';
import { Leases } from './leases.ts';
import { Loop } from './loop.ts';
import { FullPlaces, Places } from './places.ts';
import { Results } from './results.ts';
import { Runner } from './runner.ts';
import { Suspects } from './suspects.ts';
import type { ProviderRules, WorkerOptions } from './worker-options.ts';

/** Takes jobs from an inbox and runs their handlers, all in the async context in which the worker was created. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #leaseMs: number;
  readonly #pollMs: number;
  readonly #timers: Timers;
  readonly #context = new AsyncContext();
  readonly #loop: Loop;
  readonly #places: Places;
  readonly #fullPlaces: FullPlaces;
  readonly #suspects = new Suspects();
  readonly #leases: Leases;
  readonly #results: Results;
  readonly #runner: Runner;
  readonly #attemptOptions: AttemptOptions;
  readonly #attempts = new Set<Attempt>();
  /** Whether more jobs may be due than there were places for; the inbox reports when others become due. */
  #isFull = false;
  #stopListening: (() => void) | undefined;
  #stopPolling: (() => void) | undefined;

  constructor(options: WorkerOptions) {
    const { inbox, outage, providers, log, requestOf } = options;
    const { concurrency = 64, leaseMs = 15_000, pollMs = 1000, timers = nodeTimers } = options;
    this.#options = options;
    this.#leaseMs = leaseMs;
    this.#pollMs = pollMs;
    this.#timers = timers;
    const report = (error: CallStatusError): void => this.#context.run(() => options.onError(error));
    this.#attemptOptions = { inbox, log, requestOf, timers, report };
    this.#loop = new Loop(timers, this.#context, () => this.#takeJobs());
    this.#places = new Places(concurrency, new Map([...providers].map(([name, rules]) => [name, rules.concurrency])));
    this.#fullPlaces = new FullPlaces(inbox, report);
    const interruptions = new Interruptions();
    this.#results = new Results({
      inbox,
      outage,
      leaseMs,
      pollMs,
      timers,
      interruptions,
      retryFor: (provider) => this.#rulesOf(provider).retry,
      report,
      call: (fn) => this.#context.run(fn),
      lose: (attempt) => this.#leases.lose(attempt),
    });
    this.#leases = new Leases({
      inbox,
      leaseMs,
      timers,
      lost: ({ job }, error) => {
        interruptions.lost(job.event.id, error.details.reason, job.suspect);
        report(error);
      },
      inboxFailed: (cause) => this.#results.inboxFailed({}, cause),
      kept: () => this.#loop.wake(),
    });
    this.#runner = new Runner({ ...options, results: this.#results, report, ended: (attempt) => this.#leave(attempt) });
  }

  /** Starts taking jobs. Safe to call twice. */
  start(): void {
    if (this.#loop.isOn) return;
    this.#context.run(() => {
      this.#stopListening = this.#options.inbox.onJobs(() => this.#loop.wake());
      this.#stopPolling = this.#timers.every(this.#pollMs, () => this.#poll());
      this.#loop.start();
    });
  }

  /** Handles jobs until no more are due, or until the deadline. */
  async drain(deadlineMs: number): Promise<void> {
    let isOver = false;
    const drain = async (): Promise<void> => {
      while (!isOver) {
        this.#loop.wake();
        await this.#loop.running;
        if (this.#attempts.size === 0 && !this.#suspects.areDue) return;
        await withDeadline(Promise.race(this.#ends()), this.#pollMs);
      }
    };
    if (this.#loop.isOn) await withDeadline(drain(), deadlineMs);
    isOver = true;
  }

  /**
   * Takes no more jobs and waits for the running handlers. Past the deadline it aborts their signals, releases their jobs to the inbox and
   * abandons them: their results no longer count.
   *
   * @param releaseMs how long the inbox may take to release the jobs, after the deadline
   */
  async stop(deadlineMs: number, releaseMs = 1000): Promise<void> {
    this.#loop.stop();
    this.#stopListening?.();
    this.#stopPolling?.();
    const ended = async (): Promise<void> => {
      await this.#loop.running;
      await Promise.all(this.#ends());
    };
    await withDeadline(ended(), deadlineMs);
    await withDeadline(Promise.all([...this.#attempts].map((attempt) => this.#giveBack(attempt))), releaseMs);
    this.#leases.stop();
  }

  get load(): WorkerLoad {
    // In the order in which they started.
    const handling = [...this.#attempts].filter(({ isHandling }) => isHandling);
    const oldestRunningMs = handling[0] === undefined ? 0 : Math.round(monotonicNow() - handling[0].startedAt);
    return { running: handling.length, concurrency: this.#places.concurrency, oldestRunningMs };
  }

  #poll(): void {
    this.#loop.wake();
    void this.#fullPlaces.look(this.#places, this.#attempts);
  }

  async #takeJobs(): Promise<void> {
    // Running attempts must not look like jobs without a result.
    if (this.#leases.areLate && !(await withDeadline(this.#leases.renew(), this.#leaseMs / 3))) return;
    if (!this.#leases.areKept) return;
    const turn = this.#suspects.turn(this.#timers.now(), this.#places.taken);
    const room = this.#places.request;
    this.#isFull = room.limit === 0;
    if (turn.of === 'wait') this.#wakeIn(turn.forMs);
    if (this.#isFull || turn.of === 'wait') return;
    const isSuspect = turn.of === 'suspect';
    const leaseEndsAt = this.#timers.now() + this.#leaseMs;
    const taken = await this.#take(isSuspect ? { ...room, limit: 1, suspect: true } : room);
    if (taken === undefined) return;
    this.#options.outage.worked('worker');
    const attempts = taken.jobs.map((job) => this.#attemptAt(job, leaseEndsAt));
    if (!this.#loop.isOn) {
      await Promise.all(attempts.map((attempt) => this.#giveBack(attempt)));
      return;
    }
    this.#planNext(taken, isSuspect);
    for (const attempt of attempts) this.#begin(attempt, isSuspect);
  }

  /** Asks for jobs, and waits at most as long as a lease: after that, the leases of taken jobs have ended. */
  async #take(room: Pick<TakeRequest, 'limit' | 'limits' | 'suspect'>): Promise<Taken | undefined> {
    const { inbox, owner } = this.#options;
    try {
      const taking = inbox.take({ ...room, leaseMs: this.#leaseMs, owner });
      if (await withDeadline(taking, this.#leaseMs)) return await taking;
      const giveAllBack = ({ jobs }: Taken): void => {
        for (const job of jobs) void this.#giveBack(this.#attemptAt(job, 0));
      };
      taking.then(giveAllBack, () => {});
      throw new Error('The inbox did not answer in time when it was asked for jobs.');
    } catch (cause) {
      this.#results.inboxFailed({}, cause);
      return undefined;
    }
  }

  /** Plans when to take the next jobs, from what the inbox reported. */
  #planNext({ jobs, suspects, more, nextInMs }: Taken, isSuspect: boolean): void {
    const now = this.#timers.now();
    if (isSuspect) this.#suspects.learn(suspects);
    else this.#suspects.learn(suspects, jobs.length > 0 || more);
    if (isSuspect && jobs.length === 0) this.#suspects.foundNone(now, this.#pollMs);
    if (suspects) this.#wakeIn(this.#suspects.waitMs(now));
    if (nextInMs !== undefined) this.#wakeIn(nextInMs);
    this.#isFull = more;
    if (isSuspect || (more && jobs.length > 0)) this.#loop.wake();
  }

  #wakeIn(ms: number): void {
    if (ms < this.#pollMs) this.#loop.wakeIn(Math.max(0, ms));
  }

  /** If the event is already running here, its attempt continues with the new lease: otherwise two would run at once. */
  #attemptAt(job: Job, leaseEndsAt: number): Attempt {
    const isHere = (attempt: Attempt): boolean =>
      attempt.job.event.id === job.event.id &&
      !attempt.isGivenBack &&
      // If it has failed in the meantime, the inbox knows, and only the answer was lost.
      (attempt.isHandling || attempt.job.attempt === job.attempt);
    const running = job.suspect || job.attempt > 1 ? [...this.#attempts].find(isHere) : undefined;
    running?.resume(job.lease, leaseEndsAt);
    const { handlerTimeoutMs } = this.#rulesOf(job.event.provider);
    return running ?? new Attempt(job, leaseEndsAt, this.#attemptOptions, handlerTimeoutMs);
  }

  #begin(attempt: Attempt, isSuspect: boolean): void {
    if (this.#attempts.has(attempt)) {
      if (isSuspect) this.#suspects.foundNone(this.#timers.now(), 0);
      return;
    }
    if (isSuspect) this.#suspects.begin(attempt, this.#timers.now());
    this.#places.enter(attempt.job.event.provider);
    this.#leases.add(attempt);
    this.#attempts.add(attempt);
    attempt.ended = this.#run(attempt);
  }

  async #run(attempt: Attempt): Promise<void> {
    const isHandled = await this.#runner.run(attempt);
    this.#attempts.delete(attempt);
    publishHandled(attempt, isHandled, this.#options);
    this.#options.settled(attempt.job.event.id, isHandled);
    if (!isHandled) this.#loop.wake();
  }

  /** Its handlers have ended, so its place is free, however slow the inbox is. */
  #leave(attempt: Attempt): void {
    this.#places.leave(attempt.job.event.provider);
    this.#leases.remove(attempt);
    this.#suspects.ended(attempt, this.#timers.now());
    if (this.#isFull || this.#suspects.areDue) this.#loop.wake();
  }

  async #giveBack(attempt: Attempt): Promise<void> {
    attempt.isGivenBack = true;
    this.#leases.remove(attempt);
    this.#context.run(() => attempt.interrupt(new CallStatusError('closed', attempt.about)));
    try {
      await this.#options.inbox.release(attempt.lease);
    } catch (cause) {
      this.#results.inboxFailed(attempt.about, cause);
    }
  }

  #ends(): readonly Promise<void>[] {
    return [...this.#attempts].map(({ ended }) => ended);
  }

  #rulesOf(provider: string): ProviderRules {
    const { providers, retry } = this.#options;
    return providers.get(provider) ?? { retry, handlerTimeoutMs: 0, concurrency: 0 };
  }
}
