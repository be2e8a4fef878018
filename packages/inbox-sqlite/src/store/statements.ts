import type { Database, Statement } from '../database/engine.ts';

/** SQL of statements, by their names. */
export type Sql<Names extends string> = Readonly<Record<Names, string>>;

/** The statements of some SQL, by its names. */
export type Statements<SQL> = Readonly<Record<keyof SQL, Statement>>;

/** Prepares statements once for each connection. */
export function prepare<SQL extends Readonly<Record<string, string>>>(db: Database, sql: SQL): Statements<SQL> {
  return Object.fromEntries(Object.entries(sql).map(([name, text]) => [name, db.prepare(text)])) as Statements<SQL>;
}
