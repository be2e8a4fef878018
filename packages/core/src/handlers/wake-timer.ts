import { clearTimeout, monotonicNow, setTimeout } from '../timer.ts';

/** Wakes at the earliest of the times that it was given. */
export class WakeTimer {
  readonly #wake: () => void;
  #timer: NodeJS.Timeout | undefined;
  #at = Number.POSITIVE_INFINITY;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** @param ms from now */
  set(ms: number): void {
    const at = monotonicNow() + ms;
    if (at >= this.#at) return;
    this.stop();
    this.#at = at;
    this.#timer = setTimeout(() => {
      this.stop();
      this.#wake();
    }, ms).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#at = Number.POSITIVE_INFINITY;
  }
}
