/** How long a suspect may run alone, and how long it may wait to be alone. */
const ALONE_MS = 2000;
const EMPTYING_MS = 1000;

/** What may be taken now. `wait`: nothing, for this many milliseconds or until an attempt ends. */
export type Turn = { readonly of: 'suspect' | 'others' } | { readonly of: 'wait'; readonly forMs: number };

/**
 * Decides when to try suspects: events whose last take ended without a result, perhaps because their handler kills the process. Each runs
 * alone, so that it interrupts nothing else, but only for a limited time, and for at most half of the time while other jobs wait. All times
 * are on the monotonic clock.
 */
export class Suspects {
  #areDue = false;
  #othersWait = false;
  /** Since when nothing else has been taken; set while a suspect is alone. */
  #since: number | undefined;
  /** The suspect that runs alone, and when it started. */
  #alone: { readonly attempt: object; readonly since: number } | undefined;
  #othersUntil = 0;
  #notBefore = 0;

  /** Records whether the inbox has suspects to try, and whether it has other jobs. */
  learn(areDue: boolean, othersWait: boolean = this.#othersWait): void {
    this.#areDue = areDue;
    this.#othersWait = othersWait;
  }

  /** Whether there are any to try. */
  get areDue(): boolean {
    return this.#areDue;
  }

  /** Milliseconds until the next may be tried. */
  waitMs(now: number): number {
    return Math.max(0, this.#notBefore - now, this.#othersWait ? this.#othersUntil - now : 0);
  }

  /** @param running how many attempts run */
  turn(now: number, running: number): Turn {
    if (this.#alone !== undefined) {
      const forMs = this.#alone.since + ALONE_MS - now;
      if (forMs > 0) return { of: 'wait', forMs };
      this.#end(now);
    }
    if (!this.#areDue || this.waitMs(now) > 0) return { of: 'others' };
    this.#since ??= now;
    const forMs = this.#since + EMPTYING_MS - now;
    return running === 0 || forMs <= 0 ? { of: 'suspect' } : { of: 'wait', forMs };
  }

  /** A suspect was taken. */
  begin(attempt: object, now: number): void {
    this.#alone = { attempt, since: now };
  }

  /** There was no suspect to take after all, or the inbox failed: asks for the next one after a pause. */
  foundNone(now: number, pauseMs: number): void {
    this.#notBefore = now + pauseMs;
    this.#since = undefined;
  }

  /** An attempt has ended, perhaps that of a suspect. */
  ended(attempt: object, now: number): void {
    if (this.#alone?.attempt === attempt) this.#end(now);
  }

  /** The other jobs get as much time as this suspect took. */
  #end(now: number): void {
    this.#othersUntil = now + (now - (this.#since as number));
    this.#since = undefined;
    this.#alone = undefined;
  }
}
