import type { SweepLeave } from './store/settings.ts';
import type { SweepPlace } from './store/sweep.ts';
import { clearInterval, setInterval, setTimeout } from './timers.ts';

/** The pause between two steps of a sweep, in which requests are served. */
const PAUSE_MS = 5;

const BEGINNING: SweepPlace = { at: Number.MIN_SAFE_INTEGER, row: 0, provider: undefined };

/** The regular tasks. */
export interface Duties {
  readonly pollMs: number;
  readonly sweepMs: number;
  /** Checks for writes of other processes. */
  poll(): Promise<void>;
  /** Asks whether this process may sweep now. */
  maySweep(): Promise<SweepLeave>;
  /** Performs one step of a sweep. */
  sweep(place: SweepPlace): Promise<SweepPlace | undefined>;
  /** Reports that the system time is in doubt, so that nothing is removed. */
  clockStepped(): void;
  /** Reports that old calls could not be removed. */
  sweepFailed(error: unknown): void;
}

/** Polls and sweeps while a worker runs. A failure is retried the next time; the first of several sweeps that fail is reported. */
export class Upkeep {
  readonly #duties: Duties;
  #timers: NodeJS.Timeout[] = [];
  #isSweeping = false;
  #isReported = false;
  #hasFailed = false;

  constructor(duties: Duties) {
    this.#duties = duties;
  }

  start(): void {
    if (this.#timers.length > 0) return;
    const { pollMs, sweepMs } = this.#duties;
    const every = (ms: number, run: () => Promise<void>) => setInterval(() => void run(), ms).unref();
    this.#timers = [every(pollMs, () => this.#duties.poll()), every(sweepMs, () => this.#sweep())];
    // Later, when the file is open.
    setTimeout(() => void this.#sweep(), 0).unref();
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  /** Sweeps in small steps, between which requests are served. */
  async #sweep(): Promise<void> {
    if (this.#isSweeping || this.#timers.length === 0) return;
    this.#isSweeping = true;
    try {
      const leave = await this.#duties.maySweep();
      this.#report(leave);
      let place = leave === 'yes' ? await this.#duties.sweep(BEGINNING) : undefined;
      while (place !== undefined && this.#timers.length > 0) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref());
        place = await this.#duties.sweep(place);
      }
      this.#hasFailed = false;
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isSweeping = false;
    }
  }

  #failed(error: unknown): void {
    // What fails because the inbox is being closed is no failure.
    if (this.#timers.length > 0 && !this.#hasFailed) this.#duties.sweepFailed(error);
    this.#hasFailed = true;
  }

  /** Reports each step of the clock once. */
  #report(leave: SweepLeave): void {
    if (leave === 'clock_stepped' && !this.#isReported) this.#duties.clockStepped();
    this.#isReported = leave === 'clock_stepped';
  }
}
