import { AsyncResource } from 'node:async_hooks';

/** The async context in which this was made: it does not matter which request woke the worker. */
export class AsyncContext {
  readonly #made = new AsyncResource('call-status');

  run<Result>(fn: () => Result): Result {
    return this.#made.runInAsyncScope(() => isolated(fn));
  }
}

/** Runs a function of the application in a copy of the current async context, so that its `enterWith` changes no other. */
export function isolated<Result>(fn: () => Result): Result {
  return new AsyncResource('call-status').runInAsyncScope(fn);
}
