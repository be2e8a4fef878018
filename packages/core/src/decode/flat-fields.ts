import type { FieldNames } from './field-names.ts';
import type { FieldRecord, FieldTree } from './fields.ts';

/** The fields of a form or multipart body as they came, before brackets in their names mean anything. */
export class FlatFields {
  readonly #names: FieldNames;
  readonly #values: readonly string[];
  #tree: FieldTree | undefined;

  constructor(names: FieldNames, values: readonly string[]) {
    this.#names = names;
    this.#values = values;
  }

  /** All values by name. Where no name has a bracket, that is the tree, which is there or will be wanted. */
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

  /** Name and value of each field, in the UTF-16 order of the names: what signatures of the LaML family cover. */
  sortedText(): string {
    return this.#names.sortedText(this.#values);
  }

  /** Whether it holds of the name and the value of every field, in the order of {@link sortedText}; stops at the first failure. */
  everySorted(holds: (name: string, value: string) => boolean): boolean {
    return this.#names.everySorted(this.#values, holds);
  }
}
