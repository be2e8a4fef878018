/** So many failures in a row are not a coincidence. */
const MOST_FAILURES = 5;

/** How often one request finds out whether the provider is back, in milliseconds. */
const TRIAL_EVERY_MS = 60_000;

/** Stops asking a provider that does not answer: after five failures in a row, one request a minute is made until one succeeds. */
export class Breaker {
  #failures = 0;
  #trialAt = 0;

  get isOpen(): boolean {
    return this.#failures >= MOST_FAILURES;
  }

  /** Milliseconds until a request may be made; 0 if it may be made now. */
  waitMs(nowMs: number): number {
    return this.isOpen ? Math.max(0, this.#trialAt - nowMs) : 0;
  }

  /** A request is made; if the circuit is open, the next one follows a minute later. */
  started(nowMs: number): void {
    this.#trialAt = nowMs + TRIAL_EVERY_MS;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** Returns whether this failure has opened the circuit. */
  failed(): boolean {
    this.#failures += 1;
    return this.#failures === MOST_FAILURES;
  }
}
