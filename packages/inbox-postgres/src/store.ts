import type { Driver, Query, Row } from './connection/session.ts';
import type { Operation } from './write/operation.ts';

/** What the parts of an inbox share: its tables, its clock, and the ways to them. */
export interface Store {
  /** The schema, quoted, to put before the name of a table. */
  readonly schema: string;
  readonly driver: Driver;
  /** The time for tests; `null`: the database's own. See {@link nowSql}. */
  now(): number | null;
  /** Runs a statement that only reads, once the store is open, in a transaction of its own, which has limits in the server. */
  read(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs statements in a transaction of their own, once the store is open. It begins with `settings`. */
  transaction<T>(run: (query: Query) => Promise<T>, settings?: string): Promise<T>;
  /** Runs an operation in the next group, once the store is open. Resolves after the commit. */
  write<Arg, Result, Prepared>(operation: Operation<Arg, Result, Prepared>, arg: Arg): Promise<Result>;
}

/**
 * The time, as an expression: the parameter with this number, or the database's clock. To compare a column with it, select it first, since
 * an index is not used for a function whose value changes: `WITH n AS MATERIALIZED (SELECT … AS now) … WHERE due_at <= (SELECT now FROM n)`.
 */
export function nowSql(parameter: number): string {
  return `coalesce($${parameter}::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)`;
}
