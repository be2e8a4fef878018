import type { FieldTree } from '../decode/fields.ts';
import { atOnce } from '../provider/at-once.ts';
import type { Provider } from '../provider/define-provider.ts';

/** The kind of another message of a provider. */
export function otherMessage({ name, definition, options }: Provider, fields: FieldTree): string | undefined {
  if (definition.isCallStatus === undefined) return undefined;
  const found = atOnce(definition.isCallStatus(fields, options), `isCallStatus() of ${name}`);
  if (found === true) return undefined;
  if (found === false || found === '') return 'It is another message of the provider.';
  if (typeof found === 'string') return found;
  throw new TypeError(`isCallStatus() of ${name} must return true, false or a text.`);
}
