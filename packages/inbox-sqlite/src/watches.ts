import type { Page } from '@call-status/core';
import {
  checkOptions,
  type DueWatches,
  type NewWatch,
  type Watch,
  type WatchedCall,
  type Watches,
  type WatchKey,
  type WatchQuery,
  type WatchUpdate,
} from '@call-status/core/inbox';
import type { InboxFile } from './inbox-file.ts';
import { QUERIES, readSteps } from './pages.ts';
import { requireStorable } from './store/rows.ts';

/** The watched calls of an inbox. */
export class SqliteWatches implements Watches {
  readonly #file: InboxFile;

  constructor(file: InboxFile) {
    this.#file = file;
  }

  async add(watches: readonly NewWatch[]): Promise<number> {
    for (const { callId } of watches) requireStorable(callId);
    return this.#file.write('addWatches', [watches]);
  }

  get(call: WatchedCall): Promise<Watch | undefined> {
    return this.#file.read((store, now) => store.reading.watches.get(call, now));
  }

  async list(query: WatchQuery = {}): Promise<Page<Watch>> {
    checkOptions('query', query, QUERIES.watches);
    return this.#file.read((store, now) => readSteps(store.reading.watches.page(query, now)));
  }

  due({ limit }: { readonly limit: number }): Promise<DueWatches> {
    return this.#file.read((store, now) => store.reading.watches.due(limit, now));
  }

  update(watch: WatchKey, update: WatchUpdate): Promise<boolean> {
    return this.#file.write('updateWatch', [watch, update]);
  }

  remove(watch: WatchKey): Promise<boolean> {
    return this.#file.write('removeWatch', [watch]);
  }

  lead(owner: string, leaseMs: number): Promise<boolean> {
    return this.#file.write('lead', [owner, leaseMs]);
  }
}
