import type { CallbackRequest } from '../callback-request.ts';
import { clearTimeout, monotonicNow, setTimeout } from '../timer.ts';

/** Limits, because each entry keeps a request of the framework and its body in memory. The oldest are dropped first. */
const MOST_REQUESTS = 1000;
const LONGEST_MS = 60_000;
/** How long handlers wait: Node never reports that an answer queued behind another on a closed connection is lost. */
const LONGEST_ANSWER_MS = 10_000;

/** After this many requests, a new Map begins: see {@link PendingRequests}. */
const REQUESTS_PER_MAP = 500;

/**
 * The requests whose events this process received, each until the first attempt at its event is over. They link handlers to their HTTP
 * requests.
 *
 * When entries come and go, V8 keeps each outgrown table of a Map, with everything that was in it, alive until a full garbage
 * collection, because the tables are linked. Here that would be every request, so a new Map begins from time to time: without this,
 * 189 MB instead of 128 MB (`pnpm run bench`).
 */
export class PendingRequests {
  #recent = new Map<string, PendingRequest>();
  #earlier = new Map<string, PendingRequest>();
  #added = 0;
  #sweptAt: number = monotonicNow();
  #most = MOST_REQUESTS;

  get(eventId: string): PendingRequest | undefined {
    return this.#recent.get(eventId) ?? this.#earlier.get(eventId);
  }

  add(eventId: string, request: PendingRequest): void {
    const { arrivedAt } = request;
    // Another process may handle an event that arrived here, without this one noticing.
    const size = this.#recent.size + this.#earlier.size;
    if (size >= this.#most || arrivedAt - this.#sweptAt >= LONGEST_MS) this.#sweep(arrivedAt);
    else if (this.#added >= REQUESTS_PER_MAP) this.#begin([...this.#earlier]);
    this.#recent.set(eventId, request);
    this.#added++;
  }

  remove(eventId: string): void {
    if (!this.#recent.delete(eventId)) this.#earlier.delete(eventId);
  }

  /** Ends a request: the first attempt of its event is over. */
  settle(eventId: string, handled: boolean): void {
    const request = this.get(eventId);
    this.remove(eventId);
    request?.settle(handled);
  }

  /** Starts a new Map with these requests. */
  #begin(kept: Iterable<readonly [string, PendingRequest]>): void {
    this.#earlier = this.#recent;
    this.#recent = new Map(kept);
    this.#added = 0;
  }

  /** Drops old requests, and the older half if there are too many, but none whose answer waits for its handlers. */
  #sweep(now: number): void {
    const young = [...this.#earlier, ...this.#recent]
      .filter(([, { arrivedAt }]) => now - arrivedAt < LONGEST_MS)
      .sort(([, one], [, other]) => one.arrivedAt - other.arrivedAt);
    this.#recent = new Map();
    const half = young.length < this.#most ? 0 : young.length / 2;
    this.#begin(young.filter(([, request], at) => at >= half || request.isAwaited));
    this.#most = Math.max(MOST_REQUESTS, 2 * this.#recent.size);
    this.#sweptAt = now;
  }
}

/** A request whose event arrived in this process. */
export class PendingRequest {
  readonly arrivedAt: number = monotonicNow();
  /** The framework's request. */
  readonly frameworkRequest: unknown;
  /** Whether its handlers run in this process. */
  isHere = false;
  #waitsForAnswer: boolean;
  #whenAnswered: (() => void) | undefined;
  #whenSettled: Set<(handled: boolean) => void> | undefined;

  /** @param waitsForAnswer whether the handlers wait until the answer has been sent */
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

  /** Its handlers are about to run. Resolves once the answer has been sent or is unlikely to be sent; `undefined`: it has been sent. */
  starting(): Promise<void> | undefined {
    this.isHere = true;
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
    return this.#whenSettled !== undefined && this.#whenSettled.size > 0;
  }

  settle(handled: boolean): void {
    for (const listener of this.#whenSettled ?? []) listener(handled);
  }

  /** Resolves to whether the handlers finished within the deadline. */
  handled(deadlineMs: number): Promise<boolean> {
    this.#whenSettled ??= new Set();
    const listeners = this.#whenSettled;
    return new Promise((resolve) => {
      const settle = (handled: boolean): void => {
        clearTimeout(timer);
        listeners.delete(settle);
        resolve(handled);
      };
      const timer = setTimeout(settle, deadlineMs, false);
      listeners.add(settle);
    });
  }
}
