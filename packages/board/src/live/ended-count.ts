import type { Inbox } from '@call-status/core';

/** Counting may take at most one part in so many of the time. */
const SHARE = 100;

/**
 * How many calls have ended. Some inboxes read all calls to count them, so the next count waits for a hundred times as long as the last one
 * took, and nothing waits for a count.
 */
export class EndedCount {
  readonly #inbox: Inbox;
  #ended: number | undefined;
  #isCounting = false;
  #nextAtMs = Number.NEGATIVE_INFINITY;

  constructor(inbox: Inbox) {
    this.#inbox = inbox;
  }

  /** The newest; `undefined` until one is known. */
  get value(): number | undefined {
    return this.#ended;
  }

  /** Begins to count, if it is time. */
  refresh(): void {
    if (!this.#isCounting && performance.now() >= this.#nextAtMs) void this.#count();
  }

  async #count(): Promise<void> {
    this.#isCounting = true;
    const startedAtMs = performance.now();
    try {
      this.#ended = (await this.#inbox.counts()).ended;
    } catch {
      // The health, which is read at the same time, says what is wrong.
    }
    const now = performance.now();
    this.#nextAtMs = now + (now - startedAtMs) * SHARE;
    this.#isCounting = false;
  }
}
