import { createHash } from 'node:crypto';

/** Longer than any provider retries. */
const KNOWN_FOR_MS = 7 * 86_400_000;

/** How much memory each id takes. */
const BYTES = 160;

/** The ids of events whose calls were erased, as hashes. They are known for at least seven days, and at most fourteen. */
export class Tombstones {
  #recent = new Set<string>();
  #earlier = new Set<string>();
  #since: number;

  constructor(now: number) {
    this.#since = now;
  }

  get isEmpty(): boolean {
    return this.bytes === 0;
  }

  /** How much memory they take. */
  get bytes(): number {
    return BYTES * (this.#recent.size + this.#earlier.size);
  }

  add(eventIds: Iterable<string>, now: number): void {
    this.#age(now);
    for (const id of eventIds) this.#recent.add(hashOf(id));
  }

  has(eventId: string, now: number): boolean {
    this.#age(now);
    const hash = hashOf(eventId);
    return this.#recent.has(hash) || this.#earlier.has(hash);
  }

  #age(now: number): void {
    const age = now - this.#since;
    if (age < KNOWN_FOR_MS) return;
    this.#earlier = age < 2 * KNOWN_FOR_MS ? this.#recent : new Set();
    this.#recent = new Set();
    this.#since = now;
  }
}

/** The hash of the UTF-16 code units: in UTF-8, all lone surrogates are the same. */
function hashOf(eventId: string): string {
  return createHash('sha256').update(eventId, 'utf16le').digest('base64');
}
