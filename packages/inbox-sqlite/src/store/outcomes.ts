import type { Outcome } from '@call-status/core';

/** What ended a lease. */
export type Ending = 'finish' | 'fail' | 'release' | 'forget';

/** So many are remembered, and up to twice as many. */
const REMEMBERED = 10_000;

/** How the leases that ended last did, so that a result that is told twice is answered the same. */
export class Outcomes {
  #recent = new Map<string, Ending>();
  #earlier = new Map<string, Ending>();
  /** Of this transaction. */
  #pending: (readonly [token: string, ending: Ending])[] = [];

  add(token: string, ending: Ending): void {
    this.#pending.push([token, ending]);
  }

  commit(): void {
    for (const [token, ending] of this.#pending) this.#recent.set(token, ending);
    if (this.#recent.size >= REMEMBERED) {
      this.#earlier = this.#recent;
      this.#recent = new Map();
    }
    this.#pending = [];
  }

  rollback(): void {
    this.#pending = [];
  }

  /** What to answer to a result whose lease ended earlier; `undefined`: it is not known how. */
  of(token: string, ending: Ending): Outcome | undefined {
    const pending = this.#pending.findLast(([ended]) => ended === token);
    const known = pending?.[1] ?? this.#recent.get(token) ?? this.#earlier.get(token);
    if (known === undefined) return undefined;
    return known === ending ? 'done' : 'lost';
  }
}
