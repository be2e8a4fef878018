import type { NewEvent } from '../inbox/inbox.ts';
import type { Provider } from '../provider/define-provider.ts';
import { contentKey } from '../provider/event-key.ts';
import type { FoundCall } from '../provider/fetch-call.ts';
import { checkedForm, type Dropped } from '../request/checked-form.ts';
import { makeEvent } from '../request/normalize.ts';

/**
 * The event of what a provider said when it was asked. The same answer again is the same event.
 *
 * @throws what invalid forms cause
 */
export function reconciledEvent(
  provider: Provider,
  { form, raw }: FoundCall,
  tenant: string | undefined,
  now: number,
  dropped: Dropped,
): NewEvent {
  const checked = checkedForm(form, provider.name, dropped);
  const origin = { source: 'reconciled', trust: 'confirmed', tenant } as const;
  return makeEvent(provider, checked, `reconciled|${contentKey(checked)}`, raw, origin, now);
}
