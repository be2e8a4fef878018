/** How long a suspect runs with nothing beside it, and nothing else is taken until what runs has ended, at most. */
const ALONE_MS = 2000;
const EMPTYING_MS = 1000;

/** What may be taken now. `wait`: nothing, for so many milliseconds or until an attempt ends. */
export type Turn = { readonly of: 'suspect' | 'others' } | { readonly of: 'wait'; readonly forMs: number };

/**
 * When suspects are tried: events whose last take ended without a result, perhaps because their handler ends the process. Each is tried
 * with nothing beside it, so that only itself is interrupted; but not for long, and not more than half of the time while other work waits.
 * All times are on the monotonic clock.
 */
export class Suspects {
  #areDue = false;
  #othersWait = false;
  /** Since when nothing else is taken; set while a suspect is alone. */
  #since: number | undefined;
  /** The suspect that runs with nothing beside it, and since when. */
  #alone: { readonly attempt: object; readonly since: number } | undefined;
  #othersUntil = 0;
  #notBefore = 0;

  /** What the inbox said: whether there are suspects to try, and whether there is other work. */
  hear(areDue: boolean, othersWait: boolean = this.#othersWait): void {
    this.#areDue = areDue;
    this.#othersWait = othersWait;
  }

  /** Whether there are some to try. */
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

  /** One was taken. */
  begin(attempt: object, now: number): void {
    this.#alone = { attempt, since: now };
  }

  /** There was none to take after all, or it could not be: the next is asked for after a pause. */
  foundNone(now: number, pauseMs: number): void {
    this.#notBefore = now + pauseMs;
    this.#since = undefined;
  }

  /** An attempt has ended, perhaps that of a suspect. */
  ended(attempt: object, now: number): void {
    if (this.#alone?.attempt === attempt) this.#end(now);
  }

  /** The others get as much time as this suspect took. */
  #end(now: number): void {
    this.#othersUntil = now + (now - (this.#since as number));
    this.#since = undefined;
    this.#alone = undefined;
  }
}
