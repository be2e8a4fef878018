/** Flat fields while they are being collected. */
export type MutableFlatFields = Record<string, string | string[]>;

/** Adds a field; a name that is there already gets all its values, in order. */
export function append(fields: MutableFlatFields, name: string, value: string): void {
  const before = fields[name];
  if (before === undefined) fields[name] = value;
  else if (typeof before === 'string') fields[name] = [before, value];
  else before.push(value);
}
