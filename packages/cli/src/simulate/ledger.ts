import type { CallStatus } from '@call-status/core';
import type { ExpectedCall } from '@call-status/testing';

/** What the inbox must have of each call, in about a hundred bytes a call. */
export class Ledger {
  /** By provider and call id: the position of the status, and the number of events. */
  readonly #calls = new Map<string, Map<string, number>>();
  readonly #statuses: CallStatus[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add({ provider, callId, status, eventCount }: ExpectedCall): void {
    const known = this.#statuses.indexOf(status);
    const at = known < 0 ? this.#statuses.push(status) - 1 : known;
    const calls = this.#calls.get(provider) ?? new Map<string, number>();
    this.#calls.set(provider, calls);
    calls.set(callId, at * MOST_EVENTS + eventCount);
    this.#size++;
  }

  *[Symbol.iterator](): Generator<Omit<ExpectedCall, 'terminal'>> {
    for (const [provider, calls] of this.#calls) {
      for (const [callId, packed] of calls) {
        const status = this.#statuses[Math.floor(packed / MOST_EVENTS)] as CallStatus;
        yield { provider, callId, status, eventCount: packed % MOST_EVENTS };
      }
    }
  }
}

const MOST_EVENTS = 256;
