import { collect } from './collect.ts';
import type { FieldRecord, FieldTree, Limits } from './fields.ts';
import { isForbidden } from './forbidden.ts';
import { type Template, templateOf } from './template.ts';
import { toTree } from './tree.ts';

/** The names of a body's fields in the order in which they came, and what follows from the names. */
export class FieldNames {
  readonly #names: readonly string[];
  readonly #limits: Limits;
  #sorted: readonly string[] | undefined;
  /** Where each of the sorted names stands among the names. */
  #positions: readonly number[] = [];
  #arePlain: boolean | undefined;
  #wasUsed = false;
  /** `null`: there is none. */
  #template: Template | null | undefined;

  constructor(names: readonly string[], limits: Limits) {
    this.#names = names;
    this.#limits = limits;
  }

  /** Whether each of them stands in the tree as it is. */
  get arePlain(): boolean {
    this.#arePlain ??= this.#names.every((name) => !name.includes('[') && !isForbidden(name));
    return this.#arePlain;
  }

  toRecord(values: readonly string[]): FieldRecord {
    return collect(this.#names, values);
  }

  /**
   * The tree of the fields. From the second time on it is made of a template, if there is one, which pays for names that come again.
   * @throws CallStatusError `body_too_large`
   */
  toTree(values: readonly string[]): FieldTree {
    if (this.#wasUsed && this.#template === undefined) this.#template = templateOf(this.#names, this.#limits) ?? null;
    this.#wasUsed = true;
    return this.#template?.fill(values) ?? toTree(this.toRecord(values), this.#limits);
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

  /** The first answer that is given for a name and its value, in the order of {@link sortedText}. */
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
