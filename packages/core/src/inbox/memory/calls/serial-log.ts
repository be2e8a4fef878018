const CHUNK = 512;

/** An item's place in a {@link SerialLog}. */
export interface Place<Item> {
  readonly serial: number;
  /** `undefined` once it was removed. */
  item: Item | undefined;
  readonly chunk: Chunk<Item>;
}

/** The place of an item that was not removed. */
export interface Entry<Item> extends Place<Item> {
  item: Item;
}

interface Chunk<Item> {
  places: Place<Item>[];
  /** How many of them have an item. */
  size: number;
}

/**
 * Items in the order of their numbers, in chunks: adding or removing one costs nothing, however many there are, and any number is found in a
 * few steps.
 */
export class SerialLog<Item> {
  readonly #chunks: Chunk<Item>[] = [];
  #newest: Chunk<Item> = { places: [], size: 0 };
  size = 0;

  /** Adds an item with a higher number than all before. */
  append(item: Item, serial: number): Entry<Item> {
    const { length } = this.#newest.places;
    if (length === 0 || length === CHUNK) {
      this.#newest = { places: [], size: 0 };
      this.#chunks.push(this.#newest);
    }
    const chunk = this.#newest;
    const entry = { serial, item, chunk };
    chunk.places.push(entry);
    chunk.size++;
    this.size++;
    return entry;
  }

  remove(place: Place<Item>): void {
    const { chunk, serial } = place;
    place.item = undefined;
    chunk.size--;
    this.size--;
    if (chunk.size === 0) this.#chunks.splice(this.#chunkFrom(serial), 1);
    if (chunk.size * 2 < chunk.places.length) chunk.places = chunk.places.filter(hasItem);
  }

  /** Up to `count` items with a higher number, the lowest first. */
  after(serial: number, count: number): readonly Entry<Item>[] {
    const found: Entry<Item>[] = [];
    for (let at = this.#chunkFrom(serial + 1); at < this.#chunks.length; at++) {
      const { places } = this.#chunks[at] as Chunk<Item>;
      for (let index = firstFrom(places, serialOf, serial + 1); index < places.length; index++) {
        const place = places[index] as Place<Item>;
        if (found.length === count) return found;
        if (hasItem(place)) found.push(place);
      }
    }
    return found;
  }

  /** Up to `count` items with a lower number, the highest first. */
  before(serial: number, count: number): readonly Entry<Item>[] {
    const found: Entry<Item>[] = [];
    for (let at = Math.min(this.#chunkFrom(serial), this.#chunks.length - 1); at >= 0; at--) {
      const { places } = this.#chunks[at] as Chunk<Item>;
      for (let index = firstFrom(places, serialOf, serial) - 1; index >= 0; index--) {
        const place = places[index] as Place<Item>;
        if (found.length === count) return found;
        if (hasItem(place)) found.push(place);
      }
    }
    return found;
  }

  /** The first chunk that ends with this number or a higher one. */
  #chunkFrom(serial: number): number {
    return firstFrom(this.#chunks, lastSerialOf, serial);
  }
}

function hasItem<Item>(place: Place<Item>): place is Entry<Item> {
  return place.item !== undefined;
}

function serialOf({ serial }: Place<unknown>): number {
  return serial;
}

function lastSerialOf({ places }: Chunk<unknown>): number {
  return (places.at(-1) as Place<unknown>).serial;
}

/** The index of the first element with this number or a higher one. */
function firstFrom<Element>(
  elements: readonly Element[],
  numberOf: (element: Element) => number,
  serial: number,
): number {
  let low = 0;
  let high = elements.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numberOf(elements[middle] as Element) < serial) low = middle + 1;
    else high = middle;
  }
  return low;
}
