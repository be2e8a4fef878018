import type { Page } from '@call-status/core';
import type {
  DueWatches,
  NewWatch,
  Watch,
  WatchedCall,
  Watches,
  WatchKey,
  WatchQuery,
  WatchUpdate,
} from '@call-status/core/inbox';
import { dueWatches, getWatch, listWatches } from './read/watches.ts';
import type { Store } from './store.ts';
import { addWatches, lead, removeWatch, updateWatch } from './write/watches.ts';

/** The watched calls of an inbox. */
export class PostgresWatches implements Watches {
  readonly #store: Store;
  readonly #onChange: () => void;

  /** @param onChange called after a change */
  constructor(store: Store, onChange: () => void) {
    this.#store = store;
    this.#onChange = onChange;
  }

  add(watches: readonly NewWatch[]): Promise<number> {
    return this.#changing(addWatches(this.#store, watches));
  }

  get(call: WatchedCall): Promise<Watch | undefined> {
    return getWatch(this.#store, call);
  }

  list(query?: WatchQuery): Promise<Page<Watch>> {
    return listWatches(this.#store, query);
  }

  due(request: { readonly limit: number }): Promise<DueWatches> {
    return dueWatches(this.#store, request);
  }

  update(watch: WatchKey, update: WatchUpdate): Promise<boolean> {
    return this.#changing(updateWatch(this.#store, watch, update));
  }

  remove(watch: WatchKey): Promise<boolean> {
    return this.#changing(removeWatch(this.#store, watch));
  }

  lead(owner: string, leaseMs: number): Promise<boolean> {
    return lead(this.#store, owner, leaseMs);
  }

  async #changing<T>(change: Promise<T>): Promise<T> {
    const result = await change;
    this.#onChange();
    return result;
  }
}
