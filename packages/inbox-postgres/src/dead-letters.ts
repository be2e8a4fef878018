import type { DeadLetter, Page } from '@call-status/core';
import {
  checkOptions,
  type DeadLetterGroup,
  type DeadLetterQuery,
  type DeadLetters,
  isStorable,
  type PageQuery,
  type Place,
} from '@call-status/core/inbox';
import { getDeadLetter, groupDeadLetters, listDeadLetters, oldestDeadLetters } from './read/dead-letters.ts';
import { QUERIES } from './read/queries.ts';
import type { Store } from './store.ts';
import type { DeadLetterOperations } from './write/dead-letters.ts';
import type { Operation } from './write/operation.ts';

const FIRST: Place = { at: Number.MIN_SAFE_INTEGER, row: 0 };

type ReplayQuery = Omit<DeadLetterQuery, keyof PageQuery>;

/** The dead letters of an inbox. */
export class PostgresDeadLetters implements DeadLetters {
  readonly #store: Store;
  readonly #operations: DeadLetterOperations;

  constructor(store: Store, operations: DeadLetterOperations) {
    this.#store = store;
    this.#operations = operations;
  }

  list(query?: DeadLetterQuery): Promise<Page<DeadLetter>> {
    return listDeadLetters(this.#store, query);
  }

  get(eventId: string): Promise<DeadLetter | undefined> {
    return getDeadLetter(this.#store, eventId);
  }

  replay(eventId: string): Promise<boolean> {
    return this.#change(this.#operations.replay, eventId);
  }

  async replayAll(query: ReplayQuery = {}): Promise<number> {
    checkOptions('query', query, QUERIES.replayAll);
    const last = await this.#store.write(this.#operations.newest, undefined);
    if (last === undefined) return 0;
    // An event that becomes a dead letter again meanwhile may be found again: in the same millisecond, or after the clock was set back.
    const seen = new Set<number>();
    let replayed = 0;
    for (let after: Place | undefined = FIRST; after !== undefined; ) {
      const rows = await oldestDeadLetters(this.#store, query, { after, last });
      const fresh = rows.filter(({ row }) => !seen.has(row));
      for (const { row } of fresh) seen.add(row);
      const found = await Promise.all(fresh.map(({ eventId }) => this.replay(eventId)));
      replayed += found.filter(Boolean).length;
      after = rows.at(-1);
    }
    return replayed;
  }

  groups(query?: ReplayQuery): Promise<readonly DeadLetterGroup[]> {
    return groupDeadLetters(this.#store, query);
  }

  discard(eventId: string): Promise<boolean> {
    return this.#change(this.#operations.discard, eventId);
  }

  /** PostgreSQL accepts no NUL. No event has such an id. */
  async #change(operation: Operation<string, boolean>, eventId: string): Promise<boolean> {
    return isStorable(eventId) && this.#store.write(operation, eventId);
  }
}
