import type { Watches } from '../inbox/watches.ts';
import type { Timers } from '../timer.ts';

/** How long a leader that died remains the leader, in milliseconds. */
const LEASE_MS = 30_000;
/** How often a leader remains one, and others ask whether there is none, in milliseconds. */
export const CAMPAIGN_MS: number = LEASE_MS / 3;

/** Whether this process is the one that looks after calls without an end. */
export class Leadership {
  readonly #watches: Watches;
  readonly #owner: string;
  readonly #timers: Timers;
  #endsAt = Number.NEGATIVE_INFINITY;

  constructor(watches: Watches, owner: string, timers: Timers) {
    this.#watches = watches;
    this.#owner = owner;
    this.#timers = timers;
  }

  /** Counts from before the inbox was asked, so that it ends here before it ends there. */
  get isHeld(): boolean {
    return this.#timers.now() < this.#endsAt;
  }

  /** Becomes the leader or remains so, if no other process is it. */
  async campaign(): Promise<boolean> {
    const endsAt = this.#timers.now() + LEASE_MS;
    const leads = await this.#watches.lead(this.#owner, LEASE_MS);
    this.#endsAt = leads ? endsAt : Number.NEGATIVE_INFINITY;
    return leads;
  }

  /** Lets another process lead at once. */
  async resign(): Promise<void> {
    const mayLead = this.#endsAt > Number.NEGATIVE_INFINITY;
    this.#endsAt = Number.NEGATIVE_INFINITY;
    if (mayLead) await this.#watches.lead(this.#owner, 0);
  }
}
