import type { Query } from '../connection/session.ts';
import { BY_INDEX } from '../plans.ts';
import type { Store } from '../store.ts';

/** Reads in one transaction, and only through indexes, so that the cost depends on the rows that are returned. */
export function byIndex<T>(store: Store, run: (query: Query) => Promise<T>, settings = ''): Promise<T> {
  return store.transaction(run, `${BY_INDEX}; ${settings}`);
}
