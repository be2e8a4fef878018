/** Gathers values by name: a repeated name has all its values, in order. Without a prototype, so any name is a name. */
export function collect<Value>(names: readonly string[], values: readonly Value[]): Record<string, Value | Value[]> {
  const collected: Record<string, Value | Value[]> = Object.create(null);
  for (const [at, name] of names.entries()) {
    const value = values[at] as Value;
    const before = collected[name];
    if (before === undefined) collected[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else collected[name] = [before, value];
  }
  return collected;
}
