import { type FieldNames, knownNames } from './field-names.ts';
import type { FieldRecord, FieldTree, Limits } from './fields.ts';

/** The fields of a form or multipart body as sent, before brackets in names are interpreted. */
export class FieldPairs {
  readonly #names: FieldNames;
  readonly #values: readonly string[];
  #tree: FieldTree | undefined;
  #sortedText: string | undefined;

  constructor(names: readonly string[], values: readonly string[], limits: Limits) {
    this.#names = knownNames(names, limits);
    this.#values = values;
  }

  /** All values by name. If no name has brackets, this is the tree, which is needed anyway. */
  toRecord(): FieldRecord {
    return this.#names.arePlain ? (this.toTree() as FieldRecord) : this.#names.toRecord(this.#values);
  }

  /**
   * One tree, in which `Legs[0][Status]` is an array of objects.
   * @throws CallStatusError `body_too_large`
   */
  toTree(): FieldTree {
    this.#tree ??= this.#names.toTree(this.#values);
    return this.#tree;
  }

  /** The name and value of each field, ordered by the UTF-16 code units of the names: what signatures of the LaML family cover. */
  sortedText(): string {
    this.#sortedText ??= this.#names.sortedText(this.#values);
    return this.#sortedText;
  }

  /** The first result that `find` returns for a field, in the order of {@link sortedText}. */
  firstSorted<Answer>(ask: (name: string, value: string) => Answer | undefined): Answer | undefined {
    return this.#names.firstSorted(this.#values, ask);
  }
}
