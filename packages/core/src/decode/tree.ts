import qs from 'qs';
import { tooDeep } from './bounds.ts';
import type { FieldTree, Limits } from './fields.ts';
import { isForbidden } from './forbidden.ts';

/** Indices from here on make an object, not an array: `Legs[999999]` must not cost a million slots. */
const LONGEST_ARRAY = 50;

/**
 * Makes the tree of fields: `Legs[0][Status]` becomes an array of objects. What is nested already stays so.
 * Where a plain and a bracketed name clash, the bracketed one stays.
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

/** Only bracketed names are left to qs, which costs more than all the rest. */
function parseBrackets(bracketed: Record<string, unknown>, limits: Limits): Record<string, unknown> {
  try {
    return qs.parse(bracketed as Record<string, string>, {
      depth: limits.depth,
      strictDepth: true,
      arrayLimit: LONGEST_ARRAY,
      // Names such as `toString` are data like any other; those that reach a prototype never come here.
      allowPrototypes: true,
    });
  } catch {
    throw tooDeep(limits);
  }
}
