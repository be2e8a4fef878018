import type { WorkerHealth, WorkerReport } from '../health.ts';

/** For how long a worker is shown without a new report. */
const SHOWN_MS = 60_000;

/** What workers report about themselves. Times are elapsed milliseconds. */
export class Workers {
  readonly #byOwner = new Map<string, { readonly health: WorkerHealth; readonly at: number }>();

  report(report: WorkerReport, lastSeenAt: string, now: number): void {
    for (const [owner, { at }] of this.#byOwner) if (now - at > SHOWN_MS) this.#byOwner.delete(owner);
    this.#byOwner.set(report.owner, { health: { ...report, lastSeenAt }, at: now });
  }

  remove(owner: string): void {
    this.#byOwner.delete(owner);
  }

  health(now: number): readonly WorkerHealth[] {
    return [...this.#byOwner.values()].filter(({ at }) => now - at <= SHOWN_MS).map(({ health }) => health);
  }
}
