/** How many of the events that were recorded last are kept. */
const SIZE = 512;

/**
 * What belongs to the events that were recorded last, so that a worker of the same process need not read them again. The thread keeps
 * one, and the process another that is filled and emptied in the same order: so the thread knows which events the process has.
 */
export class RecentEvents<Value> {
  /** Each in the slot of its row. */
  readonly #slots: ({ readonly row: number; readonly eventId: string; readonly value: Value } | undefined)[] = [];

  set(row: number, eventId: string, value: Value): void {
    this.#slots[row % SIZE] = { row, eventId, value };
  }

  /** Removes what belongs to an event. The id is compared too: a row that was rolled back may be another event's. */
  take(row: number, eventId: string): Value | undefined {
    const slot = this.#slots[row % SIZE];
    if (slot === undefined || slot.row !== row || slot.eventId !== eventId) return undefined;
    this.#slots[row % SIZE] = undefined;
    return slot.value;
  }

  clear(): void {
    this.#slots.length = 0;
  }
}
