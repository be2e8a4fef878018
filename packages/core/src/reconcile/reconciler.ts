import type { CallStatusError } from '../errors.ts';
import type { AsyncContext } from '../handlers/context.ts';
import { withDeadline } from '../handlers/deadline.ts';
import { Loop } from '../handlers/loop.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { inboxFailure } from '../inbox/inbox-failure.ts';
import type { Outage } from '../inbox/outage.ts';
import type { Watches } from '../inbox/watches.ts';
import type { Timers } from '../timer.ts';
import type { Asker } from './asker.ts';
import { Checks, type ChecksOptions } from './checks.ts';
import { CAMPAIGN_MS, Leadership } from './leadership.ts';
import type { Notices } from './notices.ts';
import { keyOf, Telling } from './telling.ts';
import { Walk } from './walk.ts';

/** What the reconciler needs from the receiver. */
export interface ReconcilerOptions extends Omit<ChecksOptions, 'telling'> {
  readonly inbox: Inbox;
  readonly watches: Watches;
  readonly notices: Notices;
  readonly owner: string;
  readonly timers: Timers;
  readonly context: AsyncContext;
  readonly outage: Outage;
  /** Opens the inbox if it is not open yet. */
  readonly open: () => Promise<void> | undefined;
  /** Called each time this process takes over from another, so that rate limits begin without credit. */
  readonly makeAsker: () => Asker;
  readonly report: (error: CallStatusError) => void;
}

/** Watched calls that are in memory at a time. */
const PAGE = 200;

/**
 * Looks after calls without an end, if no other process does: finds live calls that are silent, and checks the watched calls that are due.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #leadership: Leadership;
  readonly #walk: Walk;
  readonly #telling: Telling;
  readonly #checks: Checks;
  readonly #loop: Loop;
  #asker: Asker | undefined;
  #nextWalkAt = Number.NEGATIVE_INFINITY;
  #stopCampaign: (() => void) | undefined;

  constructor(options: ReconcilerOptions) {
    const { watches, owner, timers, context } = options;
    this.#options = options;
    this.#leadership = new Leadership(watches, owner, timers);
    this.#walk = new Walk(options);
    const goesOn = (): boolean => this.#goesOn;
    this.#telling = new Telling({ ...options, goesOn, wakeIn: (ms) => this.wakeIn(ms) });
    this.#checks = new Checks({ ...options, telling: this.#telling });
    this.#loop = new Loop(timers, context, () => this.#turn());
  }

  /** Whether this process is the one that looks after calls. */
  get leads(): boolean {
    return this.#leadership.isHeld;
  }

  start(): void {
    const { context, timers } = this.#options;
    context.run(() => {
      this.#stopCampaign = timers.every(CAMPAIGN_MS, () => this.#onCampaign());
      this.#loop.start();
    });
  }

  /** A watched call may be due after this time. */
  wakeIn(ms: number): void {
    if (this.#loop.isOn && ms < CAMPAIGN_MS) this.#loop.wakeIn(Math.max(0, ms));
  }

  /**
   * Begins nothing more and waits for what runs; past the deadline, handlers are interrupted. Then another process may lead.
   *
   * @param releaseMs how long the inbox may take, after the deadline
   */
  async stop(deadlineMs: number, releaseMs: number): Promise<void> {
    this.#loop.stop();
    this.#stopCampaign?.();
    this.#asker?.close();
    const running = Promise.all([this.#loop.running, this.#telling.ended()]);
    if (!(await withDeadline(running, deadlineMs))) this.#options.notices.interrupt();
    try {
      await withDeadline(
        running.then(() => this.#leadership.resign()),
        releaseMs,
      );
    } catch (cause) {
      this.#inboxFailed(cause);
    }
  }

  /** While a long turn runs, it stays the leader. */
  #onCampaign(): void {
    if (this.#loop.running === undefined) this.#loop.wake();
    else this.#leadership.campaign().catch((cause: unknown) => this.#inboxFailed(cause));
  }

  async #turn(): Promise<void> {
    const { outage, open } = this.#options;
    try {
      await open();
      if (await this.#becomeLeader()) await this.#lookAfterCalls(this.#asker as Asker);
      outage.worked('reconciler');
    } catch (cause) {
      this.#inboxFailed(cause);
    }
  }

  get #goesOn(): boolean {
    return this.#loop.isOn && this.leads;
  }

  async #becomeLeader(): Promise<boolean> {
    const isLeader = await this.#leadership.campaign();
    if (isLeader) {
      this.#asker ??= this.#options.makeAsker();
    } else {
      this.#asker?.close();
      this.#asker = undefined;
      this.#options.notices.interrupt();
    }
    return isLeader;
  }

  async #lookAfterCalls(asker: Asker): Promise<void> {
    const { rules, timers } = this.#options;
    const goesOn = (): boolean => this.#goesOn;
    // Before the walk: they make room in an inbox that is full of watched calls.
    await this.#checkDue(asker, goesOn);
    if (timers.now() >= this.#nextWalkAt) {
      await this.#walk.run(goesOn);
      this.#nextWalkAt = timers.now() + rules.everyMs;
      await this.#checkDue(asker, goesOn);
    }
    this.wakeIn(this.#nextWalkAt - timers.now());
  }

  /** Does not wait until the application has been told. */
  async #checkDue(asker: Asker, goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      this.#telling.throwFailure();
      const told = this.#telling.calls;
      const { rows, nextInMs } = await this.#options.watches.due({ limit: PAGE + told.size });
      const others = rows.filter((watch) => !told.has(keyOf(watch)));
      await this.#checks.run(others, asker, goesOn);
      if (others.length > 0) continue;
      if (nextInMs !== undefined) this.wakeIn(nextInMs);
      return;
    }
  }

  #inboxFailed(cause: unknown): void {
    const { outage, report } = this.#options;
    const error = inboxFailure(cause);
    if (outage.failed('reconciler', error)) report(error);
  }
}
