import type { CallbackReceiver } from '../callback-request.ts';
import { createCallStatus } from '../create-call-status.ts';
import type { CallStatusOptions } from '../options/call-status-options.ts';
import type { Provider } from '../provider/define-provider.ts';

/**
 * Returns the given receiver, or a new one with the given options.
 * @example
 * ```ts
 * import type { CallStatusOptions } from '@call-status/core';
 * import { type CallbackReceiver, toReceiver } from '@call-status/core/adapter';
 *
 * export function middleware(given?: CallbackReceiver | CallStatusOptions): (request: Request) => Promise<unknown> {
 *   const calls = toReceiver(given);
 *   return (request) => calls.fetch(request);
 * }
 * ```
 */
export function toReceiver<const Providers extends readonly Provider[]>(
  given: CallbackReceiver | CallStatusOptions<Providers> | undefined,
): CallbackReceiver {
  return isReceiver(given) ? given : createCallStatus(given);
}

/**
 * Whether a value is a receiver, for all of its providers or for one.
 * @example isReceiver({ onCompleted: console.log }) // false
 */
export function isReceiver(value: unknown): value is CallbackReceiver {
  return 'receive' in Object(value);
}
