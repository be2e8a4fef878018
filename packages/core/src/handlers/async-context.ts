import { AsyncResource } from 'node:async_hooks';

/** The async context in which this was made: it does not matter which request woke the worker. */
export class AsyncContext {
  readonly #made = new AsyncResource('call-status');

  /** Runs a function in a copy of it, so that its `enterWith` changes no other. */
  run<Result>(fn: () => Result): Result {
    return this.#made.runInAsyncScope(() => new AsyncResource('call-status').runInAsyncScope(fn));
  }
}
