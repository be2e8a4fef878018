import type { Lease, Outcome } from './jobs.ts';

/**
 * A transaction in the database of the inbox, for the writes of handlers. They are committed together with the result of their event, so
 * they take effect exactly once.
 */
export interface Transaction {
  /**
   * Runs one statement. The transaction begins with the first.
   * @param values of `$1`, `$2` and so on
   * @throws the error of the database; nothing that this attempt wrote takes effect then
   */
  query<Row = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: Row[]; readonly rowCount: number | null }>;
}

/** The transaction of one attempt, as an inbox offers it to a worker. */
export interface JobTransaction extends Transaction {
  /** The event is handled: commits the writes with it, or neither. */
  finish(lease: Lease): Promise<Outcome>;
  /** Undoes all writes. Never rejects. */
  rollback(): Promise<void>;
}
