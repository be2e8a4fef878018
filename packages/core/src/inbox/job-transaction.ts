import type { Transaction } from '../handlers.ts';
import type { Lease, Outcome } from './jobs.ts';

/** The transaction of one attempt, as an inbox offers it to a worker. */
export interface JobTransaction extends Transaction {
  /**
   * The event is handled: commits the writes with it, or neither; then the transaction is over, even if this rejects. If it rejects, it may
   * have been committed.
   */
  finish(lease: Lease): Promise<Outcome>;
  /** Undoes all writes. Never rejects. */
  rollback(): Promise<void>;
}
