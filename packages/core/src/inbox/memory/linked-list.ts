/** A place in a {@link LinkedList}. */
export interface Node<Item> {
  readonly item: Item;
  older: Node<Item> | undefined;
  newer: Node<Item> | undefined;
}

/** Items in the order in which they were added; any of them can leave at no cost. */
export class LinkedList<Item> {
  #oldest: Node<Item> | undefined;
  #newest: Node<Item> | undefined;

  add(item: Item): Node<Item> {
    const node: Node<Item> = { item, older: this.#newest, newer: undefined };
    if (this.#newest === undefined) this.#oldest = node;
    else this.#newest.newer = node;
    this.#newest = node;
    return node;
  }

  remove({ older, newer }: Node<Item>): void {
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }

  *oldestFirst(): Generator<Item> {
    for (let node = this.#oldest; node !== undefined; node = node.newer) yield node.item;
  }

  *newestFirst(): Generator<Item> {
    for (let node = this.#newest; node !== undefined; node = node.older) yield node.item;
  }
}
