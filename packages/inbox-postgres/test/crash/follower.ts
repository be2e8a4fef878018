import { setTimeout as sleep } from 'node:timers/promises';
import type { Inbox } from '@call-status/core';

/** Reads the feed while events are recorded, as a board does: call id and status of each. */
export class Follower {
  readonly #inbox: Inbox;
  readonly #following: Promise<string[]>;
  #isOver = false;

  constructor(inbox: Inbox) {
    this.#inbox = inbox;
    this.#following = this.#follow();
  }

  /** Reads what is left. Resolves to all events, in the order in which they appeared. */
  stop(): Promise<string[]> {
    this.#isOver = true;
    return this.#following;
  }

  /** Reads all from the beginning, once nothing more is recorded. */
  readAll(): Promise<string[]> {
    return this.#follow();
  }

  async #follow(): Promise<string[]> {
    const events: string[] = [];
    let after: string | undefined;
    for (;;) {
      const wasOver = this.#isOver;
      // While the server is away, the reader tries again from where it is.
      const page = await this.#inbox
        .events?.({ limit: 1000, ...(after !== undefined && { after }) })

        .catch(() => undefined);
      if (page !== undefined) {
        after = page.next;
        for (const { event } of page.rows) events.push(`${event.callId} ${event.status}`);
        if (page.rows.length === 0 && wasOver) return events;
      }
      if (page === undefined || page.rows.length === 0) await sleep(20);
    }
  }
}
