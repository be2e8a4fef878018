import { createCallStatus } from '../create-call-status.ts';
import type { CallStatusOptions } from '../options/options.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { CallbackReceiver } from '../receiver/types.ts';

/** The receiver that an adapter was given, or a new one with the options that it was given. */
export function toReceiver<const Providers extends readonly Provider[]>(
  given: CallbackReceiver | CallStatusOptions<Providers> | undefined,
): CallbackReceiver {
  return isReceiver(given) ? given : createCallStatus(given);
}

/** Whether a value is a receiver, of all its providers or of one. */
export function isReceiver(value: unknown): value is CallbackReceiver {
  return 'receive' in Object(value);
}
