import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, context } from '@opentelemetry/api';

/**
 * A store for `bindStore` that sets the active context of OpenTelemetry, whichever context manager there is, also one that is registered
 * later.
 */
export class ActiveContext extends AsyncLocalStorage<Context> {
  override run<Result, Args extends unknown[]>(active: Context, run: (...args: Args) => Result, ...args: Args): Result {
    return context.with(active, run, undefined, ...args);
  }

  /**
   * What Node 25.9 and later call instead of `run`. The API of OpenTelemetry has no such function, so the storage of its context manager is
   * used.
   */
  withScope(active: Context): Disposable {
    const api = context as unknown as { _getContextManager?(): HasStorage };
    return api._getContextManager?.()._asyncLocalStorage?.withScope?.(active) ?? UNCHANGED;
  }
}

interface HasStorage {
  readonly _asyncLocalStorage?: { withScope?(active: Context): Disposable };
}

/** The span of the handler is there, but not active. */
const UNCHANGED: Disposable = { [Symbol.dispose]() {} };
