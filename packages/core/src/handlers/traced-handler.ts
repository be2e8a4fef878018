import { handling } from '../telemetry/channels.ts';
import type { HandleMessage } from '../telemetry/messages.ts';

/**
 * One call of a handler that something traces. The same messages in the same order as those of Node's `tracePromise`, but it also ends when
 * the handler is given up, whatever its promise does later.
 */
export class TracedHandler {
  readonly #message: HandleMessage;

  constructor(message: HandleMessage) {
    this.#message = message;
  }

  /** Calls the handler with the stores that are bound to the channel. */
  run<Result>(call: () => Result): Result {
    return handling.start.runStores(this.#message, call);
  }

  /** It goes on after it has returned. */
  returned(): void {
    this.#message.isPending = true;
    handling.end.publish(this.#message);
  }

  failed(error: unknown): void {
    this.#message.error = error;
    handling.error.publish(this.#message);
    this.ended();
  }

  ended(): void {
    if (this.#message.isPending) {
      handling.asyncStart.publish(this.#message);
      handling.asyncEnd.publish(this.#message);
    } else {
      this.#message.isPending = false;
      handling.end.publish(this.#message);
    }
  }
}
