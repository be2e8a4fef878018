import { CallStatusError } from '../errors.ts';
import type { Inbox, Lease } from '../inbox/inbox.ts';
import { LONGEST_TIMER_MS, type Timers } from '../timer.ts';
import type { Attempt } from './attempt.ts';

/** What the leases need from their worker. */
export interface LeasesOptions {
  readonly inbox: Pick<Inbox, 'renew'>;
  readonly leaseMs: number;
  readonly timers: Timers;
  /** The lease of an attempt is lost or has certainly ended. */
  lost(attempt: Attempt, error: CallStatusError): void;
  inboxFailed(cause: unknown): void;
  /** Leases can be renewed again. */
  kept(): void;
}

/** How often leases are checked during one lease; they are renewed in each third of it. */
const CHECKS = 12;
/** How long a renewal may take after this thread was busy before its attempts count as lost. */
const LONGEST_GRACE_MS = 1000;

/** The leases of running attempts: renewed in time, by a monotonic clock, and given up once they have certainly ended. */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #everyMs: number;
  readonly #attempts = new Set<Attempt>();
  #stopChecking: (() => void) | undefined;
  #checkedAt = 0;
  #askedAt = 0;
  #answeredAt = 0;
  #isAsking = false;
  #isFailing = false;
  #graceUntil = 0;
  /** How long this thread was busy, according to the last late check. */
  #busyMs = 0;

  constructor(options: LeasesOptions) {
    this.#options = options;
    this.#everyMs = Math.min(options.leaseMs / CHECKS, LONGEST_TIMER_MS);
  }

  /** Whether jobs may be taken: not while leases cannot be renewed. */
  get areKept(): boolean {
    return !this.#isFailing;
  }

  /** Whether leases must be renewed before anything is taken, since this thread was busy or the process suspended. */
  get areLate(): boolean {
    return this.#attempts.size > 0 && this.#options.timers.now() - this.#askedAt > this.#options.leaseMs / 2;
  }

  add(attempt: Attempt): void {
    this.#attempts.add(attempt);
    if (this.#stopChecking !== undefined) return;
    this.#checkedAt = this.#askedAt = this.#answeredAt = this.#options.timers.now();
    this.#stopChecking = this.#options.timers.every(this.#everyMs, () => this.#check());
  }

  remove(attempt: Attempt): void {
    this.#attempts.delete(attempt);
  }

  stop(): void {
    this.#stopChecking?.();
    this.#stopChecking = undefined;
    if (this.#isFailing) this.#succeed();
  }

  /** The inbox reports that another take has the event. */
  lose(attempt: Attempt): void {
    attempt.isLost = true;
    this.#interrupt(attempt);
  }

  async renew(): Promise<void> {
    const asked = [...this.#attempts];
    const leases = asked.map(({ lease }) => lease);
    const askedAt = this.#options.timers.now();
    this.#askedAt = askedAt;
    this.#isAsking = true;
    try {
      const lost = new Set((await this.#options.inbox.renew(leases, this.#options.leaseMs)).map(({ token }) => token));
      for (const [at, attempt] of asked.entries()) this.#applyRenewal(attempt, leases[at] as Lease, lost, askedAt);
      if (askedAt >= this.#answeredAt) this.#succeed(askedAt);
    } catch (cause) {
      if (askedAt >= this.#answeredAt) this.#fail(cause);
    }
    if (askedAt === this.#askedAt) this.#isAsking = false;
  }

  #applyRenewal(attempt: Attempt, lease: Lease, lost: ReadonlySet<string>, askedAt: number): void {
    // If it has reported its result, been released or been taken again in the meantime, the inbox's answer to that decides.
    if (!this.#attempts.has(attempt) || attempt.lease !== lease) return;
    if (lost.has(lease.token)) {
      this.lose(attempt);
      return;
    }
    const leaseEndsAt = askedAt + this.#options.leaseMs;
    if (leaseEndsAt > this.#options.timers.now()) attempt.resume(lease, Math.max(leaseEndsAt, attempt.leaseEndsAt));
  }

  #check(): void {
    const now = this.#options.timers.now();
    if (this.#attempts.size === 0) {
      this.stop();
      return;
    }
    const { leaseMs } = this.#options;
    const sinceCheck = now - this.#checkedAt;
    this.#checkedAt = now;
    if (sinceCheck > leaseMs / 3) {
      // After such a pause, the inbox knows better than the clock who holds the leases.
      this.#busyMs = sinceCheck;
      this.#graceUntil = now + Math.min(leaseMs / 3, LONGEST_GRACE_MS);
    } else if (now - this.#graceUntil > leaseMs) this.#busyMs = 0;
    const isDue = now - this.#askedAt >= leaseMs / 3;
    if (isDue && this.#isAsking) this.#fail(new Error('The inbox did not answer a renewal of leases in time.'));
    if (isDue || (this.#isFailing && !this.#isAsking)) void this.renew();
    if (now < this.#graceUntil) return;
    // One check early: a lease that has ended is never relied on.
    for (const attempt of this.#attempts) {
      if (attempt.leaseEndsAt - now < 1.5 * this.#everyMs) this.#interrupt(attempt);
    }
  }

  #interrupt(attempt: Attempt): void {
    if (attempt.interruption !== undefined || attempt.isGivenBack) return;
    const reason = this.#cause();
    const error = new CallStatusError('lease_lost', { ...attempt.details, ...(reason !== undefined && { reason }) });
    attempt.interrupt(error);
    this.#options.lost(attempt, error);
  }

  #cause(): string | undefined {
    if (this.#isFailing) return 'The inbox could not renew it.';
    if (this.#busyMs > 0)
      return `The event loop was blocked, or the process suspended, for ${Math.round(this.#busyMs)} ms.`;
    return undefined;
  }

  #succeed(askedAt: number = this.#options.timers.now()): void {
    this.#answeredAt = askedAt;
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#options.kept();
  }

  #fail(cause: unknown): void {
    this.#isFailing = true;
    this.#options.inboxFailed(cause);
  }
}
