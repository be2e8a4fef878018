import { setImmediate, type Timers } from '../timer.ts';
import type { AsyncContext } from './context.ts';

/** Runs a task whenever it is woken, immediately or at a set time: one run at a time, all in one async context. */
export class Loop {
  readonly #timers: Timers;
  readonly #context: AsyncContext;
  readonly #task: () => Promise<void>;
  #isOn = false;
  #isWoken = false;
  #cancelTimer: (() => void) | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #running: Promise<void> | undefined;

  constructor(timers: Timers, context: AsyncContext, task: () => Promise<void>) {
    this.#timers = timers;
    this.#context = context;
    this.#task = task;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Resolves when the current run has ended; `undefined` if there is none. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  start(): void {
    this.#isOn = true;
    this.wake();
  }

  /** Prevents further runs. */
  stop(): void {
    this.#isOn = false;
    this.#clearTimer();
  }

  wake(): void {
    this.#isWoken = true;
    if (this.#isOn) this.#running ??= this.#context.run(() => this.#run());
  }

  /** Wakes after a time, unless it is due to wake earlier anyway. */
  wakeIn(ms: number): void {
    const at = this.#timers.now() + ms;
    if (at >= this.#timerAt) return;
    this.#clearTimer();
    this.#timerAt = at;
    this.#cancelTimer = this.#timers.after(ms, () => {
      this.#clearTimer();
      this.wake();
    });
  }

  async #run(): Promise<void> {
    while (this.#isWoken && this.#isOn) {
      // The answers of this turn leave first, and events that arrive in it are handled together.
      await new Promise(setImmediate);
      this.#isWoken = false;
      if (this.#isOn) await this.#task();
    }
    this.#running = undefined;
  }

  #clearTimer(): void {
    this.#cancelTimer?.();
    this.#timerAt = Number.POSITIVE_INFINITY;
  }
}
