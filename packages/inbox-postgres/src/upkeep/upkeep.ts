import { CallStatusError } from '@call-status/core';
import { clearInterval, setInterval, setTimeout } from '../timers.ts';
import { FIRST, type Sweeper } from './sweep.ts';

/** The pause between two steps of a sweep, so that it does not keep the database busy. */
const PAUSE_MS = 5;

/** Sweeps while a worker runs. A failure is retried the next time; the first of several is reported. */
export class Upkeep {
  readonly #sweeper: Sweeper;
  readonly #sweepMs: number;
  readonly #warn: (warning: CallStatusError) => void;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  #isReported = false;
  #hasFailed = false;

  constructor(sweeper: Sweeper, sweepMs: number, warn: (warning: CallStatusError) => void) {
    this.#sweeper = sweeper;
    this.#sweepMs = sweepMs;
    this.#warn = warn;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#sweep(), this.#sweepMs).unref();
    // Later, when the store is open.
    setTimeout(() => this.#sweep(), 0).unref();
  }

  /** Resolves when a step that is under way has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#sweeping;
  }

  #sweep(): void {
    if (this.#timer === undefined) return;
    this.#sweeping ??= this.#sweepInSteps()
      .then(
        () => {
          this.#hasFailed = false;
        },
        (error: unknown) => this.#failed(error),
      )
      .finally(() => {
        this.#sweeping = undefined;
      });
  }

  #failed(error: unknown): void {
    // What fails because the inbox is being closed is no failure.
    if (this.#hasFailed || this.#timer === undefined) return;
    this.#hasFailed = true;
    this.#warn(new CallStatusError('inbox_sweep_failed', { reason: (error as Error).message }, { cause: error }));
  }

  async #sweepInSteps(): Promise<void> {
    const leave = await this.#sweeper.maySweep(this.#sweepMs);
    const isStepped = leave === 'clock_stepped';
    // Each jump of the clock once.
    if (isStepped && !this.#isReported) this.#warn(new CallStatusError('inbox_clock_stepped'));
    this.#isReported = isStepped;
    let place = leave === 'yes' ? await this.#sweeper.step(FIRST) : undefined;
    while (place !== undefined && this.#timer !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref());
      place = await this.#sweeper.step(place);
    }
  }
}
