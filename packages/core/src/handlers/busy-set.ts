/** After so many items a new Set begins. */
const ITEMS_PER_SET = 1000;

/**
 * A set whose items come and go quickly. V8 keeps each outgrown table of a Set or Map, with all that was in it, alive until a full garbage
 * collection, since each links to the next; here that would be every event. So a new Set begins from time to time.
 */
export class BusySet<Item> {
  #items = new Set<Item>();
  #added = 0;

  get size(): number {
    return this.#items.size;
  }

  has(item: Item): boolean {
    return this.#items.has(item);
  }

  add(item: Item): void {
    if (++this.#added > ITEMS_PER_SET) {
      this.#items = new Set(this.#items);
      this.#added = 0;
    }
    this.#items.add(item);
  }

  delete(item: Item): void {
    this.#items.delete(item);
  }

  values(): readonly Item[] {
    return [...this.#items];
  }
}
