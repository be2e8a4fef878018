import type { Now } from '../database/clock.ts';
import type { TakenRows } from '../store/rows.ts';
import type { WriteName } from './protocol.ts';

/** The thread stops renewing leases when the process has been silent for the length of so many. */
const SILENT_LEASES = 4;

/** How often the thread checks on the process, per lease. */
const PER_LEASE = 3;

/** The longest delay of a timer in Node. */
const LONGEST_MS = 2 ** 31 - 1;

/** What the thread does while the process is silent. */
export interface OnSilence {
  /** Asks the process for a sign of life. */
  ping(): void;
  /** Renews leases, and returns those that are lost. */
  renew(tokens: readonly string[], leaseMs: number, now: Now | undefined): readonly string[];
}

/**
 * The leases that the process of this thread holds. A handler that blocks the event loop keeps the process from renewing them, and another
 * process would run the same event and be blocked in turn. So the thread renews them meanwhile, up to a limit.
 */
export class HeldLeases {
  readonly #on: OnSilence;
  readonly #leases = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #heardAt = 0;
  #isAsked = false;
  /** The last time received from a test's clock, and when it was received. */
  #given: { readonly now: Now; readonly at: number } | undefined;

  constructor(on: OnSilence) {
    this.#on = on;
  }

  /** The process sent a message. */
  heard(): void {
    this.#heardAt = performance.now();
    this.#isAsked = false;
  }

  /** Takes note of a committed write. */
  follow(name: WriteName, args: readonly unknown[], result: unknown, now: Now | undefined): void {
    if (now !== undefined) this.#given = { now, at: performance.now() };
    if (name === 'take') {
      const { leaseMs } = args[0] as { leaseMs: number };
      for (const [, token] of (result as TakenRows).jobs) this.#hold(token, leaseMs);
    } else if (name === 'renew') for (const token of result as string[]) this.#leases.delete(token);
    else if (name === 'finish' || name === 'fail' || name === 'release') this.#leases.delete(args[0] as string);
  }

  clear(): void {
    this.#leases.clear();
    this.#stop();
  }

  #hold(token: string, leaseMs: number): void {
    this.#leases.add(token);
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#look(leaseMs), Math.min(leaseMs / PER_LEASE, LONGEST_MS)).unref();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(leaseMs: number): void {
    if (this.#leases.size === 0) {
      this.#stop();
      return;
    }
    const isSilent = this.#isAsked;
    this.#isAsked = true;
    if (!isSilent) this.#on.ping();
    else if (performance.now() - this.#heardAt < SILENT_LEASES * leaseMs) {
      for (const lost of this.#on.renew([...this.#leases], leaseMs, this.#now())) this.#leases.delete(lost);
    }
  }

  /** A test's time, advanced by what has passed since it was received. */
  #now(): Now | undefined {
    if (this.#given === undefined) return undefined;
    const { now, at } = this.#given;
    const passed = Math.trunc(performance.now() - at);
    return { wall: now.wall + passed, mono: now.mono + passed, steady: now.steady + passed };
  }
}
