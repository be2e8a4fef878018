import type { CallbackRequest } from './request.ts';

/** More than these are not remembered, nor for longer; the oldest go first. Each holds a request of the framework. */
const MOST_ARRIVALS = 10_000;
const LONGEST_MS = 60_000;
/** Node says nothing of an answer that waits behind another on a connection that is gone. Handlers do not wait for ever. */
const LONGEST_ANSWER_MS = 10_000;

/** The events that arrived in this process, each until its first attempt is over: what ties a handler to its HTTP request. */
export class ArrivalList {
  readonly #arrivals = new Map<string, Arrival>();

  get(eventId: string): Arrival | undefined {
    return this.#arrivals.get(eventId);
  }

  add(eventId: string, arrival: Arrival): void {
    this.#arrivals.set(eventId, arrival);
    // Another process may handle what arrived here; nobody says when.
    for (const [oldest, { arrivedAt }] of this.#arrivals) {
      if (this.#arrivals.size <= MOST_ARRIVALS && arrival.arrivedAt - arrivedAt < LONGEST_MS) break;
      this.#arrivals.delete(oldest);
    }
  }

  remove(eventId: string): void {
    this.#arrivals.delete(eventId);
  }

  /** The first attempt is over. */
  settle(eventId: string, handled: boolean): void {
    const arrival = this.#arrivals.get(eventId);
    this.#arrivals.delete(eventId);
    arrival?.settle(handled);
  }
}

/** One event that arrived in this process. */
export class Arrival {
  readonly arrivedAt: number = performance.now();
  /** The framework's request. */
  readonly source: unknown;
  #waitsForAnswer: boolean;
  #whenAnswered: (() => void) | undefined;
  readonly #whenSettled: ((handled: boolean) => void)[] = [];

  /** @param waitsForAnswer whether the handlers wait until the answer has left */
  constructor({ source, onAnswered }: CallbackRequest, waitsForAnswer: boolean) {
    this.source = source;
    this.#waitsForAnswer = waitsForAnswer && onAnswered !== undefined;
    if (this.#waitsForAnswer) {
      onAnswered?.(() => {
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
    for (const listener of this.#whenSettled) listener(handled);
  }

  /** Resolves to whether the handlers were done within the deadline. */
  handled(deadlineMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, deadlineMs, false);
      this.#whenSettled.push((handled) => {
        clearTimeout(timer);
        resolve(handled);
      });
    });
  }
}
