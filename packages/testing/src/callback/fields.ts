/** Changes to fields: all are optional, `undefined` removes a field, and a number may replace a string of digits. */
export type FieldChanges<Fields> = unknown extends Fields
  ? Readonly<Record<string, unknown>>
  : { readonly [Name in keyof Fields]?: FieldChange<Fields[Name]> };

/** The change of one field. */
export type FieldChange<Value> =
  | (unknown extends Value
      ? unknown
      : Value extends string
        ? Value | number
        : Value extends readonly unknown[]
          ? Value
          : Value extends object
            ? { readonly [Name in keyof Value]?: FieldChange<Value[Name]> }
            : Value)
  | undefined;

/** The fields with changes merged into them; a list is replaced as a whole. */
export function withChanges(fields: unknown, changes: unknown): unknown {
  if (changes === undefined) return fields;
  if (!isTree(fields) || !isTree(changes)) return changes;
  const merged: Record<string, unknown> = { ...fields };
  for (const [name, change] of Object.entries(changes)) {
    if (change === undefined) delete merged[name];
    else merged[name] = withChanges(merged[name], change);
  }
  return merged;
}

/** The fields with another value in the place of each that is `from`. */
export function withValue(fields: unknown, from: string, to: string): unknown {
  return mapLeaves(fields, (value) => (value === from ? to : value));
}

/** The fields with each value that contains no others replaced. */
export function mapLeaves(fields: unknown, map: (value: unknown) => unknown): unknown {
  if (Array.isArray(fields)) return fields.map((one) => mapLeaves(one, map));
  if (!isTree(fields)) return map(fields);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, mapLeaves(value, map)]));
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
