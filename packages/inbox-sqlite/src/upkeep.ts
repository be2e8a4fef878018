import type { SweepLeave } from './store/settings.ts';
import type { SweepPlace } from './store/sweep.ts';
import { clearInterval, setInterval, setTimeout } from './timers.ts';

/** How long to wait between two steps of cleaning up, so that requests go first. */
const PAUSE_MS = 5;

const BEGINNING: SweepPlace = { at: Number.MIN_SAFE_INTEGER, row: 0, range: undefined };

/** What is done regularly. */
export interface Duties {
  readonly pollMs: number;
  readonly sweepMs: number;
  /** Looks for what other processes wrote. */
  poll(): Promise<void>;
  /** Asks whether this process may clean up now. */
  maySweep(): Promise<SweepLeave>;
  /** Cleans up a little. */
  sweep(place: SweepPlace): Promise<SweepPlace | undefined>;
  /** The system's time is in doubt, so nothing is removed. */
  clockStepped(): void;
}

/** Looks for work and cleans up, as long as a worker runs. What fails is tried again the next time. */
export class Upkeep {
  readonly #duties: Duties;
  #timers: NodeJS.Timeout[] = [];
  #isSweeping = false;
  #isTold = false;

  constructor(duties: Duties) {
    this.#duties = duties;
  }

  start(): void {
    if (this.#timers.length > 0) return;
    const { pollMs, sweepMs } = this.#duties;
    const every = (ms: number, run: () => Promise<void>) => setInterval(() => void run(), ms).unref();
    this.#timers = [every(pollMs, () => this.#duties.poll()), every(sweepMs, () => this.#sweep())];
    // The file is open by then.
    setTimeout(() => void this.#sweep(), 0).unref();
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  /** In small steps, between which requests are served. */
  async #sweep(): Promise<void> {
    if (this.#isSweeping || this.#timers.length === 0) return;
    this.#isSweeping = true;
    try {
      const leave = await this.#duties.maySweep();
      this.#tell(leave);
      let place = leave === 'yes' ? await this.#duties.sweep(BEGINNING) : undefined;
      while (place !== undefined && this.#timers.length > 0) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref());
        place = await this.#duties.sweep(place);
      }
    } catch {
    } finally {
      this.#isSweeping = false;
    }
  }

  /** Once for each time that the clock steps. */
  #tell(leave: SweepLeave): void {
    if (leave === 'clock_stepped' && !this.#isTold) this.#duties.clockStepped();
    this.#isTold = leave === 'clock_stepped';
  }
}
