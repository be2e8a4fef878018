import type { CallStatusError } from '@call-status/core';

/** A row of a result, by the names of its columns. */
// biome-ignore lint/suspicious/noExplicitAny: its types depend on the statement
export type Row = Record<string, any>;

/** The result of one statement. */
export interface Result {
  readonly rows: Row[];
  readonly rowCount: number | null;
}

/** One connection. */
export interface Session {
  /** Sends a statement at once, without waiting for those before it. A statement without values may contain several. */
  query(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** One statement of the application, which is not prepared, and returns its values as the application's own connections do. */
  raw(text: string, values?: readonly unknown[]): Promise<Result>;
  /** Whether it is no longer of use. */
  readonly isBroken: boolean;
  /** Ends it. Never rejects. */
  end(): Promise<void>;
}

/** Runs a statement. */
export type Query = (text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Begins a transaction whose guarantees do not depend on the defaults of the role or the database. */
export const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL synchronous_commit = on';

/**
 * How long a transaction of the inbox may wait for its host, in milliseconds. If the host is lost or blocked, the server ends the transaction,
 * and so the locks that other hosts wait for. Without a limit, it has to notice the dead connection, which takes hours by default.
 */
export const IDLE_MS = 3000;

/** Begins a transaction of the inbox. */
export const BEGIN_SHORT: string = `${BEGIN}; SET LOCAL idle_in_transaction_session_timeout = ${IDLE_MS}`;

/** Begins a transaction of an inbox that only reads. */
export const BEGIN_READING: string = BEGIN_SHORT.replace('READ WRITE', 'READ ONLY');

/**
 * How long a statement of the inbox may wait for a lock, in milliseconds: less than for its answer. So the server gives up first, and no
 * backend goes on waiting for a client that has left, with the locks that it has already.
 */
export function lockMsOf(queryTimeoutMs: number): number {
  return Math.max(1, Math.min(1500, Math.floor(queryTimeoutMs / 3)));
}

/** The longest limit that the server accepts. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Ends a statement in the server soon after the inbox has given up on it, unless the role has a shorter limit: the backend would go on, with
 * its locks, and each further attempt would occupy another one.
 */
export function limitSql(queryTimeoutMs: number): string {
  const limit = `${Math.min(LONGEST_MS, Math.ceil(queryTimeoutMs * 1.1))} ms`;
  const isLonger = `current_setting('statement_timeout')::interval NOT BETWEEN '1 ms' AND '${limit}'`;
  return `SELECT set_config('statement_timeout', '${limit}', true) WHERE ${isLonger}`;
}

/** Receives what happens on a listening connection. */
export interface Listener {
  readonly onNotify: (payload: string) => void;
  /** The connection is lost; nothing more is heard. */
  readonly onLost: () => void;
}

/** The way to the database. */
export interface Driver {
  /** The server that can be written, once it is found, for errors: host, port and database. */
  readonly server?: string | undefined;
  /**
   * Opens a connection to a server that can be written.
   * @param options a limit for each of its statements, other than `queryTimeoutMs` of the inbox
   */
  connect(options?: { readonly queryTimeoutMs?: number }): Promise<Session>;
  /** Runs a statement that only reads, on any connection. */
  readonly query: Query;
  /**
   * Runs statements in a transaction on a connection of the pool: READ COMMITTED, READ WRITE, with a synchronous commit.
   *
   * @param settings statements that begin it, with the same message to the server
   */
  readonly transaction: <T>(run: (query: Query) => Promise<T>, settings?: string) => Promise<T>;
  /** Listens on a channel. Resolves to a function that stops. */
  listen(channel: string, listener: Listener): Promise<() => Promise<void>>;
  /** Ends all connections, except those of `connect`. */
  end(): Promise<void>;
  /** Sets who receives warnings that an operator should see. */
  onWarning?(listener: (warning: CallStatusError) => void): void;
}
