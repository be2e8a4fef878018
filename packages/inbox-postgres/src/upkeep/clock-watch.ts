const DAY_MS = 86_400_000;

/** How far the clock of the database may run ahead of time itself before it is in doubt, and how long it then has to be steady. */
export interface Tolerance {
  readonly aheadMs: number;
  readonly steadyMs: number;
}

/** A wrong time must not remove calls. The shorter they are kept, the smaller is the step that matters. */
export function toleranceOf(retentionMs: number): Tolerance {
  return { aheadMs: Math.max(1000, Math.min(DAY_MS, retentionMs / 10)), steadyMs: Math.min(DAY_MS, retentionMs) };
}

/** A time of the database. */
export interface Reading {
  readonly now: number;
  /** When it was asked for, by the monotonic clock of this process. */
  readonly askedAt: number;
}

/** Compares the clock of the database with the monotonic clock of this process, and so notices if it jumps ahead. */
export class ClockWatch {
  readonly #mono: () => number;
  /** When the two were last compared and agreed. */
  #agreed: Reading | undefined;
  #doubtedSince: number | undefined;

  constructor(mono: () => number) {
    this.#mono = mono;
  }

  /** The time to remember before the database is asked. */
  time(): number {
    return this.#mono();
  }

  /**
   * Whether a time of the database is right. After a jump, it is again once it was put back, or has been steady for long enough. An answer
   * that takes long is no jump.
   */
  isRight(reading: Reading, { aheadMs, steadyMs }: Tolerance): boolean {
    const mono = this.#mono();
    const agreed = this.#agreed ?? reading;
    const isAhead = reading.now - agreed.now - (mono - agreed.askedAt) > aheadMs;
    if (isAhead) {
      this.#doubtedSince ??= mono;
      if (mono - this.#doubtedSince < steadyMs) return false;
    }
    this.#agreed = reading;
    this.#doubtedSince = undefined;
    return true;
  }
}
