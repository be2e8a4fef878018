import { type FieldRecord, type FieldTree, isForbidden, type Limits } from './fields.ts';
import { recordTemplateOf, type Template, templateOf } from './template.ts';
import { copied } from './text.ts';
import { collect, toTree } from './tree.ts';

/** The names of a body's fields in their original order, and everything that depends only on the names. */
export class FieldNames {
  readonly #names: readonly string[];
  readonly #limits: Limits;
  #sorted: readonly string[] | undefined;
  /** The index of each sorted name in the list of names. */
  #positions: readonly number[] = [];
  #arePlain: boolean | undefined;
  #wasUsed = false;
  /** `null`: there is none. */
  #template: Template | null | undefined;
  /** `null`: there is none. */
  #recordTemplate: Template<FieldRecord> | null | undefined;

  constructor(names: readonly string[], limits: Limits) {
    this.#names = names;
    this.#limits = limits;
  }

  /** Whether these are its names. */
  are(names: readonly string[]): boolean {
    const own = this.#names;
    return own.length === names.length && own.every((name, at) => name === names[at]);
  }

  /** Whether no name has brackets, so that each is a key of the tree. */
  get arePlain(): boolean {
    this.#arePlain ??= this.#names.every((name) => !name.includes('[') && !isForbidden(name));
    return this.#arePlain;
  }

  /** All values by name. From the second body on, built from a template if there is one. */
  toRecord(values: readonly string[]): FieldRecord {
    if (this.#wasUsed && this.#recordTemplate === undefined) {
      this.#recordTemplate = recordTemplateOf(this.#names) ?? null;
    }
    return this.#recordTemplate?.fill(values) ?? collect(this.#names, values);
  }

  /**
   * The tree of the fields. From the second time on, it is built from a template if there is one.
   * @throws CallStatusError `body_too_large`
   */
  toTree(values: readonly string[]): FieldTree {
    if (this.#wasUsed && this.#template === undefined) this.#template = templateOf(this.#names, this.#limits) ?? null;
    this.#wasUsed = true;
    return this.#template?.fill(values) ?? toTree(collect(this.#names, values), this.#limits);
  }

  /** Each name with its value, in the UTF-16 order of the names; a repeated name once for each value, in the order of the values. */
  sortedText(values: readonly string[]): string {
    this.#sorted ??= this.#sort();
    let text = '';
    for (let at = 0; at < this.#sorted.length; at++) {
      text += this.#sorted[at];
      text += values[this.#positions[at] as number];
    }
    return text;
  }

  /** The first result that `find` returns for a name and its value, in the order of {@link sortedText}. */
  firstSorted<Answer>(
    values: readonly string[],
    ask: (name: string, value: string) => Answer | undefined,
  ): Answer | undefined {
    this.#sorted ??= this.#sort();
    for (let at = 0; at < this.#sorted.length; at++) {
      const answer = ask(this.#sorted[at] as string, values[this.#positions[at] as number] as string);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  #sort(): readonly string[] {
    const names = this.#names;
    const nameAt = (position: number): string => names[position] as string;
    this.#positions = [...names.keys()].sort((a, b) => (nameAt(a) < nameAt(b) ? -1 : Number(nameAt(a) > nameAt(b))));
    return this.#positions.map(nameAt);
  }
}

/** Limits on what is remembered, since anyone can send names; a provider uses only a few lists of a few dozen names. */
const MOST_LISTS = 64;
const MOST_NAMES = 100;
const MOST_CHARACTERS = 4096;

const KNOWN = new WeakMap<Limits, FieldNames[]>();

/**
 * The names of a body, from the cache if the same list came recently: providers send the same names in the same order again and again, so
 * their order and their tree are computed once. Without it, a callback costs 1.6 times as much CPU (`pnpm run bench micro`).
 */
export function knownNames(names: readonly string[], limits: Limits): FieldNames {
  let lists = KNOWN.get(limits);
  if (lists === undefined) {
    lists = [];
    KNOWN.set(limits, lists);
  }
  const at = lists.findIndex((list) => list.are(names));
  if (at === 0) return lists[0] as FieldNames;
  const known = lists.splice(at, at < 0 ? 0 : 1)[0] ?? new FieldNames(names.map(copied), limits);
  const isSmall = names.length <= MOST_NAMES && names.join('').length <= MOST_CHARACTERS;
  if (isSmall) lists.unshift(known);
  if (lists.length > MOST_LISTS) lists.pop();
  return known;
}
