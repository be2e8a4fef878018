import { type ExpectedCall, FAULT_NAMES, type FaultName, type Scenario } from '@call-status/testing';

/** What was sent, and what came back. Its size does not depend on how much that is. */
export interface Tally {
  calls: number;
  callbacks: number;
  /** Answers by status. */
  readonly answers: Map<number, number>;
  /** Callbacks without an answer, after all attempts. */
  unanswered: number;
  /** Those since the last answer. */
  silent: number;
  /** Genuine callbacks that were not accepted, by status. */
  readonly wronglyRefused: Map<number, number>;
  /** Callbacks for another port that were accepted. */
  wronglyAccepted: number;
  readonly faults: Record<FaultName, number>;
  readonly expected: { ended: number; live: number };
  readonly latency: Latency;
}

/** A tally of nothing. */
export function newTally(): Tally {
  return {
    calls: 0,
    callbacks: 0,
    answers: new Map(),
    unanswered: 0,
    silent: 0,
    wronglyRefused: new Map(),
    wronglyAccepted: 0,
    faults: Object.fromEntries(FAULT_NAMES.map((name) => [name, 0])) as Record<FaultName, number>,
    expected: { ended: 0, live: 0 },
    latency: new Latency(),
  };
}

/** One more of its kind. */
export function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Counts a call whose callbacks were all sent. */
export function addCall(tally: Tally, { deliveries, lost }: Scenario, expected: readonly ExpectedCall[]): void {
  tally.calls++;
  for (const { faults } of deliveries) for (const fault of faults) tally.faults[fault]++;
  for (const fault of new Set(lost)) if (fault === 'dropTerminal') tally.faults.dropTerminal++;
  tally.faults.drop += lost.filter((fault) => fault === 'drop').length;
  for (const { terminal } of expected) tally.expected[terminal ? 'ended' : 'live']++;
}

/** So close to the real value is a percentile. */
const PRECISION = Math.log(1.02);

/** How long answers take, in buckets. */
export class Latency {
  readonly #buckets = new Map<number, number>();
  #count = 0;

  add(ms: number): void {
    add(this.#buckets, Math.round(Math.log(Math.max(ms, 0.01)) / PRECISION));
    this.#count++;
  }

  /** The time within which a share of the answers came, in milliseconds; 0 if there are none. */
  percentile(share: number): number {
    let rest = this.#count * share;
    for (const [bucket, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      rest -= count;
      if (rest <= 0) return Math.exp(bucket * PRECISION);
    }
    return 0;
  }
}
