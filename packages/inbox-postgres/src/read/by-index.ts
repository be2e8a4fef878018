import type { Query } from '../connection/session.ts';
import type { Store } from '../store.ts';

/**
 * With old statistics the planner prefers a scan of the table, or a bitmap of all rows that match, to an index in the order of the page. It
 * then reads the whole history for one page. As a penalty raises the estimates, compiling the statement would begin to look worthwhile.
 */
const BY_INDEX =
  'SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL jit = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off';

/** Reads in one transaction, and only through indexes, so that the cost depends on the rows that are returned. */
export function byIndex<T>(store: Store, run: (query: Query) => Promise<T>): Promise<T> {
  return store.transaction(async (query) => {
    await query(BY_INDEX);
    return run(query);
  });
}
