import type { FieldTree } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';
import type { Provider } from '../provider/define-provider.ts';
import { issuesOfFields, validate as validateBy } from '../provider/standard-schema.ts';

/**
 * Step 4: the fields as the provider's schema returns them.
 *
 * @throws CallStatusError `invalid_callback`; TypeError if the schema is asynchronous
 */
export function validate({ name, definition: { schema } }: Provider, fields: FieldTree): unknown {
  const result = validateBy(schema, fields, `The schema of ${name}`);
  if (result.issues === undefined) return result.value;
  const issues = issuesOfFields(schema, result.issues, fields);
  throw new CallStatusError('invalid_callback', { provider: name, issues });
}
