import type { FieldTree } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';
import type { NewEvent } from '../inbox/inbox.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { Dropped } from './checked-form.ts';
import { normalize } from './normalize.ts';
import { otherMessage } from './other-message.ts';
import { validate } from './validate.ts';

/**
 * Creates an event from fields that the application reports, without a callback.
 *
 * @param now milliseconds since the epoch
 * @throws CallStatusError `invalid_callback`; `invalid_options` for fields that are no object of data
 */
export function reportedEvent(
  provider: Provider,
  given: object,
  tenant: string | undefined,
  now: number,
  dropped: Dropped,
): NewEvent {
  const fields = copyOf(given);
  const other = otherMessage(provider, fields);
  if (other !== undefined) throw new CallStatusError('invalid_callback', { provider: provider.name, reason: other });
  const origin = { source: 'application', trust: 'none', tenant } as const;
  return normalize(provider, validate(provider, fields), fields, origin, now, dropped);
}

/** A copy, since the application may change its object. */
function copyOf(given: unknown): FieldTree {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw invalid();
  try {
    return structuredClone(given) as FieldTree;
  } catch (cause) {
    throw invalid(cause);
  }
}

function invalid(cause?: unknown): CallStatusError {
  const issue = 'record(fields): expected an object of texts, numbers, lists and objects, as JSON has.';
  return new CallStatusError('invalid_options', { issues: [issue] }, { cause });
}
