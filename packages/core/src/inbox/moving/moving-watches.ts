import type { Page } from '../queries.ts';
import type {
  DueWatches,
  NewWatch,
  Watch,
  WatchedCall,
  Watches,
  WatchKey,
  WatchQuery,
  WatchUpdate,
} from '../watches.ts';
import type { Mover } from './mover.ts';

/** The watched calls of a new inbox. One that is still in the old inbox is moved, with its call, when it is asked for. */
export class MovingWatches implements Watches {
  readonly #to: Watches;
  readonly #mover: Mover;

  constructor(to: Watches, mover: Mover) {
    this.#to = to;
    this.#mover = mover;
  }

  async add(watches: readonly NewWatch[]): Promise<number> {
    await Promise.all(watches.map((watch) => this.#mover.after(watch, async () => {})));
    return this.#to.add(watches);
  }

  get(call: WatchedCall): Promise<Watch | undefined> {
    return this.#mover.after(call, () => this.#to.get(call));
  }

  list(query?: WatchQuery): Promise<Page<Watch>> {
    return this.#to.list(query);
  }

  due(request: { readonly limit: number }): Promise<DueWatches> {
    return this.#to.due(request);
  }

  update(watch: WatchKey, update: WatchUpdate): Promise<boolean> {
    return this.#to.update(watch, update);
  }

  remove(watch: WatchKey): Promise<boolean> {
    return this.#to.remove(watch);
  }

  lead(owner: string, leaseMs: number): Promise<boolean> {
    return this.#to.lead(owner, leaseMs);
  }
}
