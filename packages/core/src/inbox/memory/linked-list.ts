/** An item's place in a {@link LinkedList}; it is in one list at a time. */
export class Node<Item> {
  readonly item: Item;
  list: LinkedList<Item> | undefined;
  older: Node<Item> | undefined;
  newer: Node<Item> | undefined;

  constructor(item: Item) {
    this.item = item;
  }

  /** Leaves the list that it is in, if any. */
  leave(): void {
    this.list?.remove(this);
  }
}

/** Items in the order in which they were appended; any of them can leave at no cost. */
export class LinkedList<Item> {
  #oldest: Node<Item> | undefined;
  #newest: Node<Item> | undefined;
  size = 0;

  get oldest(): Item | undefined {
    return this.#oldest?.item;
  }

  append(node: Node<Item>): void {
    node.list = this;
    node.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = node;
    else this.#newest.newer = node;
    this.#newest = node;
    this.size++;
  }

  remove(node: Node<Item>): void {
    const { older, newer } = node;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    node.list = undefined;
    node.older = undefined;
    node.newer = undefined;
    this.size--;
  }

  *oldestFirst(): Generator<Item> {
    for (let node = this.#oldest; node !== undefined; node = node.newer) yield node.item;
  }
}
