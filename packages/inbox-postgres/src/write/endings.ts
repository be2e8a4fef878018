import type { Outcome } from '@call-status/core/inbox';

/** At least this many are remembered, at most twice as many. */
const REMEMBERED = 10_000;

/** How recent leases of this process ended. A finished job has no row that could tell. */
export class Endings {
  #recent = new Map<string, string>();
  #earlier = new Map<string, string>();

  /** Remembers a result that counts. Corrects the answer to one whose job is gone. */
  outcomeOf(token: string, result: string, outcome: Outcome): Outcome {
    if (outcome === 'done') this.#remember(token, result);
    if (outcome !== 'gone') return outcome;
    const known = this.#recent.get(token) ?? this.#earlier.get(token);
    if (known === undefined) return 'gone';
    return known === result ? 'done' : 'lost';
  }

  #remember(token: string, result: string): void {
    this.#recent.set(token, result);
    if (this.#recent.size < REMEMBERED) return;
    this.#earlier = this.#recent;
    this.#recent = new Map();
  }
}
