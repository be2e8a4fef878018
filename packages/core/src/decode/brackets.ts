import { type Limits, tooDeep } from './fields.ts';

/** From this index on it is an object, not an array: `Legs[999999]` must not cost a million slots. */
const LONGEST_ARRAY = 50;
const NAME = /^([^[\]]+)((?:\[[^[\]]*\])+)$/;

/** What stands in the brackets that follow one name: a value of its own, or containers. */
type Container = Map<string, unknown>;

/**
 * The tree of names with brackets, as `qs` makes it: `Legs[0][Status]` is an array of objects, and `Tag[]` adds to an array. Where the name
 * of a value goes on in another one, the longer name wins. Names in which brackets do not match stay as they are.
 * @throws CallStatusError `body_too_large`
 */
export function parseBrackets(fields: Readonly<Record<string, unknown>>, limits: Limits): Record<string, unknown> {
  const root: Container = new Map();
  for (const [name, value] of Object.entries(fields)) {
    const [, head, brackets] = NAME.exec(name) ?? [];
    const keys = head === undefined || brackets === undefined ? [name] : [head, ...brackets.slice(1, -1).split('][')];
    if (keys.length - 1 > limits.depth) throw tooDeep(limits);
    put(root, keys, value);
  }
  return objectOf(root);
}

function put(root: Container, keys: readonly string[], value: unknown): void {
  let container = root;
  for (const key of keys.slice(0, -1)) {
    let next = container.get(key);
    if (!(next instanceof Map)) {
      next = new Map();
      container.set(key, next);
    }
    container = next as Container;
  }
  const last = keys.at(-1) as string;
  if (!(container.get(last) instanceof Map)) container.set(last, value);
}

function treeOf(node: unknown): unknown {
  if (!(node instanceof Map)) return node;
  const isArray = [...node.keys()].every((key) => key === '' || isIndex(key));
  return isArray ? arrayOf(node) : objectOf(node);
}

/** In the order of the indices, without gaps; then what has no index. */
function arrayOf(node: Container): unknown[] {
  const indices = [...node.keys()].filter((key) => key !== '').sort((one, other) => Number(one) - Number(other));
  return [...indices.map((index) => treeOf(node.get(index))), ...added(node)];
}

/** What has no index gets one that is free. */
function objectOf(node: Container): Record<string, unknown> {
  const entries = [...node].filter(([key]) => key !== '').map(([key, child]) => [key, treeOf(child)]);
  const free = [...added(node)];
  for (let index = 0; free.length > 0; index++) {
    if (!node.has(String(index))) entries.push([String(index), free.shift()]);
  }
  return Object.fromEntries(entries);
}

/** What `[]` adds: each value of a repeated name. */
function added(node: Container): readonly unknown[] {
  return node.has('') ? [treeOf(node.get(''))].flat() : [];
}

function isIndex(key: string): boolean {
  return /^(?:0|[1-9]\d?)$/.test(key) && Number(key) < LONGEST_ARRAY;
}
