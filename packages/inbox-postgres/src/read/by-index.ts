import type { Query } from '../connection/session.ts';
import { BY_INDEX } from '../plans.ts';
import type { Store } from '../store.ts';

/** Reads in one transaction, and only through indexes, so that the cost depends on the rows that are returned. */
export function byIndex<T>(store: Store, run: (query: Query) => Promise<T>): Promise<T> {
  return store.transaction(async (query) => {
    await query(BY_INDEX);
    return run(query);
  });
}
