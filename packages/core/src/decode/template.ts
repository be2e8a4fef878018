import { blankOf } from '../blank.ts';
import { collect } from './collect.ts';
import type { FieldTree, Limits } from './fields.ts';
import { toTree } from './tree.ts';

/** The tree that a list of names makes, with the position of a value in place of each value. */
type Positions = number | readonly Positions[] | PositionTree;
type PositionTree = { readonly [name: string]: Positions };

/** Makes trees of fields that all have the same names. */
export interface Template {
  fill(values: readonly string[]): FieldTree;
}

/**
 * Works out once what brackets in names mean. `undefined` where that depends on the values too, as it does for names that clash.
 * @throws CallStatusError `body_too_large`
 */
export function templateOf(names: readonly string[], limits: Limits): Template | undefined {
  const positions = toTree(collect(names, [...names.keys()]), limits);
  return isPositions(positions) ? new TreeTemplate(positions) : undefined;
}

/** Where a value became a name, the parser of brackets leaves `true`. */
function isPositions(tree: FieldTree): tree is PositionTree {
  return Object.values(tree).every(
    (each) => typeof each === 'number' || (typeof each === 'object' && isPositions(each as FieldTree)),
  );
}

class TreeTemplate implements Template {
  readonly #blank: Record<string, unknown>;
  readonly #names: string[] = [];
  readonly #positions: number[] = [];
  readonly #nested: (readonly [name: string, positions: Positions])[] = [];

  constructor(tree: PositionTree) {
    this.#blank = blankOf(Object.keys(tree));
    for (const [name, positions] of Object.entries(tree)) {
      if (typeof positions !== 'number') this.#nested.push([name, positions]);
      else this.#positions[this.#names.push(name) - 1] = positions;
    }
  }

  fill(values: readonly string[]): FieldTree {
    const tree = { ...this.#blank };
    for (let at = 0; at < this.#names.length; at++) {
      tree[this.#names[at] as string] = values[this.#positions[at] as number];
    }
    for (const [name, positions] of this.#nested) tree[name] = filled(positions, values);
    return tree;
  }
}

function filled(positions: Positions, values: readonly string[]): unknown {
  if (typeof positions === 'number') return values[positions];
  if (Array.isArray(positions)) return positions.map((each: Positions) => filled(each, values));
  const tree: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(positions)) tree[name] = filled(each, values);
  return tree;
}
