import { type FieldRecord, type FieldTree, isForbidden, type Limits } from './fields.ts';
import { collect, toTree } from './tree.ts';

/** The tree that a list of names makes, with the place of a value, from 1, where the value belongs. */
type Places = number | readonly Places[] | PlaceTree;
type PlaceTree = { readonly [name: string]: Places };

/** Builds trees of fields that all have the same names. */
export interface Template<Tree = FieldTree> {
  fill(values: readonly string[]): Tree;
}

/**
 * Interprets the brackets in names once. `undefined` if the result also depends on the values: of clashing names, the bracket parser drops
 * those with empty values.
 * @throws CallStatusError `body_too_large`
 */
export function templateOf(names: readonly string[], limits: Limits): Template | undefined {
  const places = toTree(collect(names, [...names.keys()].map(placeOf)), limits) as PlaceTree;
  const empty = toTree(
    collect(
      names,
      names.map(() => ''),
    ),
    limits,
  );
  return isAlike(places, empty) ? new TreeTemplate(places) : undefined;
}

/** The same for all values by name, brackets not interpreted. `undefined` if a name could reach a prototype. */
export function recordTemplateOf(names: readonly string[]): Template<FieldRecord> | undefined {
  if (names.some(isForbidden)) return undefined;
  return new TreeTemplate(collect(names, [...names.keys()].map(placeOf))) as Template as Template<FieldRecord>;
}

function placeOf(position: number): number {
  return position + 1;
}

/** Whether every value has a place, and the tree is the same when all values are empty. */
function isAlike(places: unknown, empty: unknown): boolean {
  if (typeof places !== 'object' || typeof empty !== 'object') return typeof places === 'number' && empty === '';
  const [given, others] = [places, empty] as [Record<string, unknown>, Record<string, unknown>];
  const names = Object.keys(given);
  return names.length === Object.keys(others).length && names.every((name) => isAlike(given[name], others[name]));
}

class TreeTemplate implements Template {
  readonly #blank: Record<string, unknown>;
  readonly #names: string[] = [];
  readonly #places: number[] = [];
  readonly #nested: (readonly [name: string, places: Places])[] = [];

  constructor(tree: PlaceTree) {
    this.#blank = blankOf(Object.keys(tree));
    for (const [name, places] of Object.entries(tree)) {
      if (typeof places !== 'number') this.#nested.push([name, places]);
      else this.#places[this.#names.push(name) - 1] = places;
    }
  }

  fill(values: readonly string[]): FieldTree {
    const tree = { ...this.#blank };
    for (let at = 0; at < this.#names.length; at++) {
      tree[this.#names[at] as string] = values[(this.#places[at] as number) - 1];
    }
    for (const [name, places] of this.#nested) tree[name] = filled(places, values);
    return tree;
  }
}

/**
 * An object with these names, to be copied (`{ ...blank }`) and filled. V8 copies what JSON.parse made as a whole; an object that gets two
 * dozen properties one by one is moved again and again while it grows. Without it, a callback costs 1.33 times as much CPU
 * (`pnpm run bench micro`).
 */
function blankOf(names: readonly string[]): Record<string, unknown> {
  return JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, '']))));
}

function filled(places: Places, values: readonly string[]): unknown {
  if (typeof places === 'number') return values[places - 1];
  if (Array.isArray(places)) return places.map((each: Places) => filled(each, values));
  const tree: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(places)) tree[name] = filled(each, values);
  return tree;
}
