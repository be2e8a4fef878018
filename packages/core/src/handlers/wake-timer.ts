import type { Timers } from '../timer.ts';

/** Wakes at the earliest of the times that it was given. */
export class WakeTimer {
  readonly #timers: Timers;
  readonly #wake: () => void;
  #cancel: (() => void) | undefined;
  #at = Number.POSITIVE_INFINITY;

  constructor(timers: Timers, wake: () => void) {
    this.#timers = timers;
    this.#wake = wake;
  }

  /** @param ms from now */
  set(ms: number): void {
    const at = this.#timers.now() + ms;
    if (at >= this.#at) return;
    this.stop();
    this.#at = at;
    this.#cancel = this.#timers.after(ms, () => {
      this.stop();
      this.#wake();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#at = Number.POSITIVE_INFINITY;
  }
}
