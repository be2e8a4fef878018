import type { FieldTree } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';
import type { NewEvent } from '../inbox/inbox.ts';
import type { Provider } from '../provider/define-provider.ts';
import { checkedTenant } from '../signing/secrets.ts';
import type { Dropped } from './checked-form.ts';
import { normalize } from './normalize.ts';
import { otherMessage } from './other-message.ts';
import { validate } from './validate.ts';

/**
 * Creates an event from fields that the application reports, without a callback.
 *
 * @param now milliseconds since the epoch
 * @throws CallStatusError `invalid_callback`; TypeError for an invalid tenant
 */
export function reportedEvent(
  provider: Provider,
  given: object,
  tenant: string | undefined,
  now: number,
  dropped: Dropped,
): NewEvent {
  // A copy, since the application may change its object.
  const fields = structuredClone(given) as FieldTree;
  const other = otherMessage(provider, fields);
  if (other !== undefined) throw new CallStatusError('invalid_callback', { provider: provider.name, reason: other });
  const origin = {
    source: 'application',
    trust: 'none',
    tenant: tenant === undefined ? undefined : checkedTenant(tenant),
  } as const;
  return normalize(provider, validate(provider, fields), fields, origin, now, dropped);
}
