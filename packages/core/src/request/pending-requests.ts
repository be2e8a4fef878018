import type { CallbackRequest } from '../callback-request.ts';
import { clearTimeout, monotonicNow, setTimeout } from '../timer.ts';

/** More than these are not remembered, nor for longer; the oldest go first. Each holds a request of the framework, body included. */
const MOST_ARRIVALS = 1000;
const LONGEST_MS = 60_000;
/** Node says nothing of an answer that waits behind another on a connection that is gone. Handlers wait no longer. */
const LONGEST_ANSWER_MS = 10_000;

/** So many arrivals share a Map: see {@link PendingRequests}. */
const ARRIVALS_PER_MAP = 500;

/**
 * The events that arrived in this process, each until its first attempt is over: what ties a handler to its HTTP request.
 *
 * Of a Map whose entries come and go, V8 keeps each outgrown table, with all that was in it, alive until a full garbage collection,
 * since each links to the next. Here that would be every request; so a new Map begins from time to time.
 */
export class PendingRequests {
  #recent = new Map<string, PendingRequest>();
  #earlier = new Map<string, PendingRequest>();
  #added = 0;
  #sweptAt: number = monotonicNow();
  #most = MOST_ARRIVALS;

  get(eventId: string): PendingRequest | undefined {
    return this.#recent.get(eventId) ?? this.#earlier.get(eventId);
  }

  add(eventId: string, arrival: PendingRequest): void {
    const { arrivedAt } = arrival;
    // Another process may handle what arrived here; this one does not learn when.
    const size = this.#recent.size + this.#earlier.size;
    if (size >= this.#most || arrivedAt - this.#sweptAt >= LONGEST_MS) this.#sweep(arrivedAt);
    else if (this.#added >= ARRIVALS_PER_MAP) this.#begin([...this.#earlier]);
    this.#recent.set(eventId, arrival);
    this.#added++;
  }

  remove(eventId: string): void {
    if (!this.#recent.delete(eventId)) this.#earlier.delete(eventId);
  }

  /** The first attempt is over. */
  settle(eventId: string, handled: boolean): void {
    const arrival = this.get(eventId);
    this.remove(eventId);
    arrival?.settle(handled);
  }

  /** Begins a new Map, with these in it. */
  #begin(kept: Iterable<readonly [string, PendingRequest]>): void {
    this.#earlier = this.#recent;
    this.#recent = new Map(kept);
    this.#added = 0;
  }

  /** Forgets what is old, and the older half of what is too much; but not those whose answer waits for the handlers. */
  #sweep(now: number): void {
    const young = [...this.#earlier, ...this.#recent]
      .filter(([, { arrivedAt }]) => now - arrivedAt < LONGEST_MS)
      .sort(([, one], [, other]) => one.arrivedAt - other.arrivedAt);
    this.#recent = new Map();
    const half = young.length < this.#most ? 0 : young.length / 2;
    this.#begin(young.filter(([, arrival], at) => at >= half || arrival.isAwaited));
    this.#most = Math.max(MOST_ARRIVALS, 2 * this.#recent.size);
    this.#sweptAt = now;
  }
}

/** One event that arrived in this process. */
export class PendingRequest {
  readonly arrivedAt: number = monotonicNow();
  /** The framework's request. */
  readonly frameworkRequest: unknown;
  #waitsForAnswer: boolean;
  #whenAnswered: (() => void) | undefined;
  #whenSettled: ((handled: boolean) => void)[] | undefined;

  /** @param waitsForAnswer whether the handlers wait until the answer has left */
  constructor(request: Partial<CallbackRequest>, waitsForAnswer: boolean) {
    this.frameworkRequest = request.frameworkRequest;
    this.#waitsForAnswer = waitsForAnswer && request.onAnswered !== undefined;
    if (this.#waitsForAnswer) {
      request.onAnswered?.(() => {
        this.#waitsForAnswer = false;
        this.#whenAnswered?.();
      });
    }
  }

  /** Resolves when the answer has left, or will hardly leave any more; `undefined` when it has. */
  answered(): Promise<void> | undefined {
    if (!this.#waitsForAnswer) return undefined;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LONGEST_ANSWER_MS).unref();
      this.#whenAnswered = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Whether the answer waits for the handlers. */
  get isAwaited(): boolean {
    return this.#whenSettled !== undefined;
  }

  settle(handled: boolean): void {
    for (const listener of this.#whenSettled ?? []) listener(handled);
  }

  /** Resolves to whether the handlers were done within the deadline. */
  handled(deadlineMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, deadlineMs, false);
      this.#whenSettled ??= [];
      this.#whenSettled.push((handled) => {
        clearTimeout(timer);
        resolve(handled);
      });
    });
  }
}
