import { createRequire } from 'node:module';
import { CallStatusError } from '@call-status/core';

/** The parts used of `DatabaseSync`, which `node:sqlite` and `@photostructure/sqlite` have in common. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

/** A prepared statement. */
export interface Statement {
  run(...values: Value[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
  get(...values: Value[]): Row | undefined;
  all(...values: Value[]): Row[];
}

/** A value that can be bound to a parameter. */
export type Value = string | number | null;

/** A row; its statement decides the columns. */
// biome-ignore lint/suspicious/noExplicitAny: the SQL decides the types, and is beside the code that reads them
export type Row = Record<string, any>;

/** SQL texts by name. */
export type Sql<Names extends string> = Readonly<Record<Names, string>>;

/** The prepared statements of some SQL, by the same names. */
export type Statements<SQL> = Readonly<Record<keyof SQL, Statement>>;

/** Prepares statements, once for each connection. */
export function prepare<SQL extends Readonly<Record<string, string>>>(db: Database, sql: SQL): Statements<SQL> {
  return Object.fromEntries(Object.entries(sql).map(([name, text]) => [name, db.prepare(text)])) as Statements<SQL>;
}

/** Opens a database file. */
export type DatabaseClass = new (path: string) => Database;

interface Engine {
  readonly DatabaseSync: DatabaseClass;
}

/** Where engines come from. */
export interface EngineSources {
  /** Node's own, available without a flag since 22.13. */
  readonly builtin: (name: string) => unknown;
  /** The version of Node's own SQLite. */
  readonly builtinVersion: string | undefined;
  /** The package that works on every supported version of Node. */
  readonly installed: () => Engine;
}

const SOURCES: EngineSources = {
  builtin: process.getBuiltinModule.bind(process),
  builtinVersion: process.versions['sqlite'],
  installed: () => createRequire(import.meta.url)('@photostructure/sqlite') as Engine,
};

/** Not a version of Node: each line got a safe SQLite in a different release, and 24.0 has an old one. */
export const FITTING_NODE = 'a Node whose SQLite is 3.51.3 or later (node -p process.versions.sqlite)';

/**
 * Loads SQLite: Node's own, or `@photostructure/sqlite` if Node has none or one with the WAL-reset bug.
 *
 * @throws CallStatusError `inbox_unsupported`
 */
export function loadEngine({ builtin, builtinVersion, installed }: EngineSources = SOURCES): DatabaseClass {
  // Load Node's own only to use it: Node prints a warning when it is loaded.
  const own = isSafeVersion(builtinVersion) ? (builtin('node:sqlite') as Engine | undefined) : undefined;
  if (own !== undefined) return own.DatabaseSync;
  try {
    return installed().DatabaseSync;
  } catch (cause) {
    const hint = `This version of Node has no safe SQLite: install @photostructure/sqlite, or run ${FITTING_NODE}.`;
    throw new CallStatusError('inbox_unsupported', { hint }, { cause });
  }
}

/**
 * Whether a version of SQLite is free of the WAL-reset bug, which can lose a commit when two processes write and checkpoint at the same
 * moment: 3.51.3 and later, and the fixes for older lines (https://sqlite.org/wal.html#walresetbug).
 */
export function isSafeVersion(version = ''): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major !== 3) return major > 3;
  if (minor === 51) return patch >= 3;
  if (minor === 50) return patch >= 7;
  if (minor === 44) return patch >= 6;
  return minor > 51;
}
