import { CallStatusError } from '../errors.ts';
import type { Job, Taken, TakeRequest } from '../inbox/inbox.ts';
import { nodeTimers, setImmediate, setTimeout, type Timers } from '../timer.ts';
import { AsyncContext } from './async-context.ts';
import { Attempt, type AttemptOptions, attemptOptionsOf } from './attempt.ts';
import { withDeadline } from './deadline.ts';
import { FullPlaces } from './full-places.ts';
import { Interruptions } from './interruptions.ts';
import { Leases } from './leases.ts';
import { Places } from './places.ts';
import { Results } from './results.ts';
import { Runner } from './runner.ts';
import { Suspects } from './suspects.ts';
import { takeInTime } from './take.ts';
import { WakeTimer } from './wake-timer.ts';
import type { ProviderRules, WorkerOptions } from './worker-options.ts';

/** Runs the handlers of the events in an inbox: all of it in the async context in which this was made. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #leaseMs: number;
  readonly #pollMs: number;
  readonly #timers: Timers;
  readonly #context = new AsyncContext();
  readonly #places: Places;
  readonly #suspects = new Suspects();
  readonly #waking: WakeTimer;
  readonly #leases: Leases;
  readonly #results: Results;
  readonly #runner: Runner;
  readonly #fullPlaces: FullPlaces;
  readonly #attemptOptions: (provider: string) => AttemptOptions;
  readonly #attempts = new Set<Attempt>();
  #isWorking = false;
  #mayHaveWork = false;
  /** Whether more may be due than there were places for; of what becomes due, the inbox tells. */
  #isFull = false;
  #pumping: Promise<void> | undefined;
  #stopListening: (() => void) | undefined;
  #stopPolling: (() => void) | undefined;

  constructor(options: WorkerOptions) {
    const {
      inbox,
      providers,
      concurrency = 64,
      leaseMs = 15_000,
      pollMs = 1000,
      timers = nodeTimers,
      onError,
    } = options;
    this.#options = options;
    this.#leaseMs = leaseMs;
    this.#pollMs = pollMs;
    this.#timers = timers;
    this.#waking = new WakeTimer(timers, () => this.#wake());
    const interruptions = new Interruptions();
    const report = (error: CallStatusError): void => this.#context.run(() => onError(error));
    this.#places = new Places(concurrency, new Map([...providers].map(([name, rules]) => [name, rules.concurrency])));
    this.#fullPlaces = new FullPlaces(inbox, report);
    this.#attemptOptions = attemptOptionsOf({ ...options, timers }, report);
    this.#results = new Results({
      inbox,
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
      lost: (attempt, error) => {
        interruptions.lost(attempt.work.event.id, error.details.reason, attempt.work.suspect);
        report(error);
      },
      inboxFailed: (cause) => this.#results.inboxFailed({}, cause),
      kept: () => this.#wake(),
    });
    this.#runner = new Runner({ ...options, results: this.#results, report, ended: (attempt) => this.#leave(attempt) });
  }

  /** Starts to take work. Safe to call twice. */
  start(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#context.run(() => {
      this.#stopListening = this.#options.inbox.onJobs(() => this.#wake());
      this.#stopPolling = this.#timers.every(this.#pollMs, () => this.#poll());
      this.#wake();
    });
  }

  /** Works until nothing is due any more, or until the deadline. */
  async drain(deadlineMs: number): Promise<void> {
    let isOver = false;
    const work = async (): Promise<void> => {
      while (!isOver) {
        this.#wake();
        await this.#pumping;
        if (this.#attempts.size === 0 && !this.#suspects.areDue) return;
        await Promise.race([...this.#ends(), new Promise((resolve) => setTimeout(resolve, this.#pollMs))]);
      }
    };
    if (this.#isWorking) await withDeadline(work(), deadlineMs);
    isOver = true;
  }

  /**
   * Takes no more work and waits for the running handlers. Past the deadline it aborts their signals, gives their work back to the
   * inbox and leaves them to themselves: their results no longer count.
   *
   * @param releaseMs how long the inbox may take to get the work back, after the deadline
   */
  async stop(deadlineMs: number, releaseMs = 1000): Promise<void> {
    this.#isWorking = false;
    this.#stopListening?.();
    this.#stopPolling?.();
    this.#waking.stop();
    const ended = async (): Promise<void> => {
      await this.#pumping;
      await Promise.all(this.#ends());
    };
    await withDeadline(ended(), deadlineMs);
    await withDeadline(Promise.all([...this.#attempts].map((attempt) => this.#giveBack(attempt))), releaseMs);
    this.#leases.stop();
  }

  #wake(): void {
    this.#mayHaveWork = true;
    if (this.#isWorking && this.#pumping === undefined) this.#pumping = this.#context.run(() => this.#pump());
  }

  #wakeIn(ms: number): void {
    if (ms < this.#pollMs) this.#waking.set(Math.max(0, ms));
  }

  #poll(): void {
    this.#wake();
    void this.#fullPlaces.look(this.#places, this.#attempts);
  }

  async #pump(): Promise<void> {
    while (this.#mayHaveWork && this.#isWorking) {
      // The answers of this turn leave first, and what arrives in it is taken together.
      await new Promise(setImmediate);
      this.#mayHaveWork = false;
      if (this.#isWorking) await this.#takeWork();
    }
    this.#pumping = undefined;
  }

  async #takeWork(): Promise<void> {
    // What runs here must not be taken as something that had no result.
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
    const attempts = taken.jobs.map((work) => this.#attemptAt(work, leaseEndsAt));
    if (!this.#isWorking) {
      await Promise.all(attempts.map((attempt) => this.#giveBack(attempt)));
      return;
    }
    this.#hear(taken, isSuspect);
    for (const attempt of attempts) this.#begin(attempt, isSuspect);
  }

  async #take(room: Pick<TakeRequest, 'limit' | 'limits' | 'suspect'>): Promise<Taken | undefined> {
    const { inbox, owner } = this.#options;
    try {
      return await takeInTime(inbox, { ...room, leaseMs: this.#leaseMs, owner }, ({ jobs: work }) => {
        for (const one of work) void this.#giveBack(this.#attemptAt(one, 0));
      });
    } catch (cause) {
      this.#results.inboxFailed({}, cause);
      return undefined;
    }
  }

  /** What else the inbox said. */
  #hear({ jobs: work, suspects, more, nextInMs }: Taken, isSuspect: boolean): void {
    const now = this.#timers.now();
    if (isSuspect) this.#suspects.hear(suspects);
    else this.#suspects.hear(suspects, work.length > 0 || more);
    if (isSuspect && work.length === 0) this.#suspects.foundNone(now, this.#pollMs);
    if (suspects) this.#wakeIn(this.#suspects.waitMs(now));
    if (nextInMs !== undefined) this.#wakeIn(nextInMs);
    this.#isFull = more;
    if (isSuspect || (more && work.length > 0)) this.#mayHaveWork = true;
  }

  /** Of an event that runs here, the attempt goes on with the new lease: two would be at it else. */
  #attemptAt(work: Job, leaseEndsAt: number): Attempt {
    const { id, provider } = work.event;
    const isHere = (attempt: Attempt): boolean =>
      attempt.work.event.id === id &&
      !attempt.isGivenBack &&
      // If it has failed meanwhile, then the inbox knows, and only the answer was lost.
      (attempt.isHandling || attempt.work.attempt === work.attempt);
    const isAgain = work.suspect || work.attempt > 1;
    const running = isAgain ? [...this.#attempts].find(isHere) : undefined;
    running?.resume(work.lease, leaseEndsAt);
    return running ?? new Attempt(work, leaseEndsAt, this.#attemptOptions(provider));
  }

  #begin(attempt: Attempt, isSuspect: boolean): void {
    if (this.#attempts.has(attempt)) {
      if (isSuspect) this.#suspects.foundNone(this.#timers.now(), 0);
      return;
    }
    if (isSuspect) this.#suspects.begin(attempt, this.#timers.now());
    this.#places.enter(attempt.work.event.provider);
    this.#leases.add(attempt);
    this.#attempts.add(attempt);
    attempt.ended = this.#process(attempt);
  }

  #ends(): readonly Promise<void>[] {
    return [...this.#attempts].map(({ ended }) => ended);
  }

  async #process(attempt: Attempt): Promise<void> {
    const handled = await this.#runner.run(attempt);
    this.#attempts.delete(attempt);
    this.#options.settled(attempt.work.event.id, handled);
    if (!handled) this.#wake();
  }

  /** Its handlers have ended: its place is free, however slow the inbox is. */
  #leave(attempt: Attempt): void {
    this.#places.leave(attempt.work.event.provider);
    this.#leases.remove(attempt);
    this.#suspects.ended(attempt, this.#timers.now());
    if (this.#isFull || this.#suspects.areDue) this.#wake();
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

  #rulesOf(provider: string): ProviderRules {
    const { providers, retry } = this.#options;
    return providers.get(provider) ?? { retry, handlerTimeoutMs: 0, concurrency: 0 };
  }
}
