import { createRequire } from 'node:module';
import { CallStatusError } from '@call-status/core';

/** What we use of `DatabaseSync`, which `node:sqlite` and `@photostructure/sqlite` have in common. */
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

/** What can be bound to a parameter. */
export type Value = string | number | null;

/** A row that was read; its columns are as the statement says. */
// biome-ignore lint/suspicious/noExplicitAny: the SQL decides the types, and stands beside the code that reads them
export type Row = Record<string, any>;

/** Opens a database file. */
export type DatabaseClass = new (path: string) => Database;

interface Engine {
  readonly DatabaseSync: DatabaseClass;
}

/** Where engines come from. */
export interface EngineSources {
  /** Node's own, when it has one without a flag (22.13 and later). */
  readonly builtin: (name: string) => unknown;
  /** The version of SQLite in it. */
  readonly builtinVersion: string | undefined;
  /** The one that works on every supported Node. */
  readonly installed: () => Engine;
}

const SOURCES: EngineSources = {
  builtin: process.getBuiltinModule.bind(process),
  builtinVersion: process.versions['sqlite'],
  installed: () => createRequire(import.meta.url)('@photostructure/sqlite') as Engine,
};

/** No version of Node: each of its lines got a fitting SQLite at another release, and 24.0 has an old one. */
export const FITTING_NODE = 'a Node whose SQLite is 3.51.3 or later (node -p process.versions.sqlite)';

/**
 * Finds an SQLite: Node's own, or `@photostructure/sqlite` where Node has none or one with the WAL-reset bug.
 *
 * @throws CallStatusError `inbox_unsupported`
 */
export function loadEngine({ builtin, builtinVersion, installed }: EngineSources = SOURCES): DatabaseClass {
  // Node warns of it as soon as it is loaded, also when it is not used then.
  const own = isSafeVersion(builtinVersion) ? (builtin('node:sqlite') as Engine | undefined) : undefined;
  if (own !== undefined) return own.DatabaseSync;
  try {
    return installed().DatabaseSync;
  } catch (cause) {
    const hint = `This Node has no fitting SQLite: install @photostructure/sqlite, or run ${FITTING_NODE}.`;
    throw new CallStatusError('inbox_unsupported', { hint }, { cause });
  }
}

/**
 * Whether a version of SQLite is free of the WAL-reset bug, by which two processes that write and checkpoint at the same
 * moment can lose a commit: 3.51.3 and later, and the fixes for older lines (https://sqlite.org/wal.html#walresetbug).
 */
export function isSafeVersion(version = ''): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major !== 3) return major > 3;
  if (minor === 51) return patch >= 3;
  if (minor === 50) return patch >= 7;
  if (minor === 44) return patch >= 6;
  return minor > 51;
}
