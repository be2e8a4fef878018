import type { InboxHealth } from '@call-status/core/inbox';
import { monotonicNow } from '../timers.ts';

/** For so long an answer is given again, unless something has changed. */
const FRESH_MS = 1000;

/** Gives those who ask at the same time, or soon after, one answer: reading it takes as long as there are jobs. */
export class SharedHealth {
  readonly #read: () => Promise<InboxHealth>;
  readonly #version: () => string;
  #answer: { readonly health: Promise<InboxHealth>; readonly version: string; readonly at: number } | undefined;

  /** @param version changes when this process has written something, or a test has moved the clock */
  constructor(read: () => Promise<InboxHealth>, version: () => string) {
    this.#read = read;
    this.#version = version;
  }

  read(): Promise<InboxHealth> {
    const version = this.#version();
    const known = this.#answer;
    if (known?.version === version && monotonicNow() - known.at < FRESH_MS) return known.health;
    const answer = { health: this.#read(), version, at: monotonicNow() };
    this.#answer = answer;
    // A failure is no answer for those who ask later.
    answer.health.catch(() => {
      if (this.#answer === answer) this.#answer = undefined;
    });
    return answer.health;
  }
}
