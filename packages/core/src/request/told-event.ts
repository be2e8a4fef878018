import type { FieldTree } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';
import type { NewEvent } from '../inbox/inbox.ts';
import type { Provider } from '../provider/define-provider.ts';
import { checkedTenant } from '../signing/secrets.ts';
import type { Dropped } from './checked-form.ts';
import { normalize } from './normalize.ts';

/**
 * The event of fields that the application tells, which no callback brought.
 *
 * @throws CallStatusError `invalid_callback`; TypeError for a tenant that cannot be one
 */
export function toldEvent(
  provider: Provider,
  fields: object,
  { now, dropped, tenant }: { readonly now: number; readonly dropped: Dropped; readonly tenant: string | undefined },
): NewEvent {
  const { name, definition } = provider;
  // The event is recorded as it is now, whatever the application does with its object.
  const own = structuredClone(fields) as FieldTree;
  const isCallStatus = definition.isCallStatus?.(own) ?? true;
  if (isCallStatus !== true) {
    const reason = isCallStatus || 'It is another message of the provider.';
    throw new CallStatusError('invalid_callback', { provider: name, reason });
  }
  return normalize(provider, own, 'none', now, dropped, tenant === undefined ? undefined : checkedTenant(tenant));
}
