import { parseBrackets } from './brackets.ts';
import { type FieldTree, isForbidden, type Limits } from './fields.ts';

/** Collects values by name; a repeated name has all its values, in order. Has no prototype, so that any name is data. */
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

/**
 * Builds the tree of fields: `Legs[0][Status]` becomes an array of objects. Values that are already nested stay unchanged. If a plain and a
 * bracketed name clash, the bracketed one wins.
 * @throws CallStatusError `body_too_large`
 */
export function toTree(fields: FieldTree, limits: Limits): FieldTree {
  const tree: Record<string, unknown> = {};
  let bracketed: Record<string, unknown> | undefined;
  for (const name of Object.keys(fields)) {
    if (!name.includes('[')) {
      if (!isForbidden(name)) tree[name] = fields[name];
    } else if (!name.split(/[[\]]/).some(isForbidden)) {
      bracketed ??= {};
      bracketed[name] = fields[name];
    }
  }
  return bracketed === undefined ? tree : Object.assign(tree, parseBrackets(bracketed, limits));
}
