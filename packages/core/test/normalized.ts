import type { FieldTree } from '../src/decode/fields.ts';
import type { Trust } from '../src/event.ts';
import type { NewEvent } from '../src/inbox/inbox.ts';
import type { Provider } from '../src/provider/define-provider.ts';
import type { Dropped } from '../src/request/checked-form.ts';
import { normalize as step } from '../src/request/normalize.ts';
import { validate } from '../src/request/validate.ts';

/** Steps 4 and 5 of a callback: validates its fields, and makes an event of them. */
export function normalize(
  provider: Provider,
  fields: FieldTree,
  trust: Trust,
  now: number,
  dropped: Dropped = () => {},
  tenant?: string,
): NewEvent {
  return step(provider, validate(provider, fields), fields, { trust, tenant }, now, dropped);
}
