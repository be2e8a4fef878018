import type { CallbackRequest } from './request.ts';

/** More than these are not remembered, nor for longer; the oldest go first. Each holds a request of the framework. */
const MOST_ARRIVALS = 10_000;
const LONGEST_MS = 60_000;
/** Node says nothing of an answer that waits behind another on a connection that is gone. Handlers do not wait for ever. */
const LONGEST_ANSWER_MS = 10_000;

/**
 * The events that arrived in this process, each until its first attempt is over: what ties a handler to its HTTP request.
 *
 * A dictionary and no Map: of a Map whose entries come and go, V8 keeps each outgrown table, with all that was in it, alive until a
 * full garbage collection. Here that would be every request.
 */
export class ArrivalList {
  #arrivals: Record<string, Arrival> = Object.create(null);
  #size = 0;
  #sweptAt: number = performance.now();

  get(eventId: string): Arrival | undefined {
    return this.#arrivals[eventId];
  }

  add(eventId: string, arrival: Arrival): void {
    // Another process may handle what arrived here; nobody says when.
    if (this.#size >= MOST_ARRIVALS || arrival.arrivedAt - this.#sweptAt >= LONGEST_MS) this.#sweep(arrival.arrivedAt);
    this.#arrivals[eventId] = arrival;
    this.#size++;
  }

  remove(eventId: string): void {
    if (this.#arrivals[eventId] === undefined) return;
    delete this.#arrivals[eventId];
    this.#size--;
  }

  /** The first attempt is over. */
  settle(eventId: string, handled: boolean): void {
    const arrival = this.#arrivals[eventId];
    this.remove(eventId);
    arrival?.settle(handled);
  }

  /** Forgets what is old, and the older half of what is too much. */
  #sweep(now: number): void {
    const young = Object.entries(this.#arrivals).filter(([, { arrivedAt }]) => now - arrivedAt < LONGEST_MS);
    const kept = young.length < MOST_ARRIVALS ? young : young.slice(MOST_ARRIVALS / 2);
    this.#arrivals = Object.assign(Object.create(null), Object.fromEntries(kept));
    this.#size = kept.length;
    this.#sweptAt = now;
  }
}

/** One event that arrived in this process. */
export class Arrival {
  readonly arrivedAt: number = performance.now();
  /** The framework's request. */
  readonly source: unknown;
  #waitsForAnswer: boolean;
  #whenAnswered: (() => void) | undefined;
  #whenSettled: ((handled: boolean) => void)[] | undefined;

  /** @param waitsForAnswer whether the handlers wait until the answer has left */
  constructor(request: CallbackRequest, waitsForAnswer: boolean) {
    this.source = request.source;
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
