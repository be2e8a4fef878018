import type { Database, Statement } from '../engine.ts';

/** The statements of some SQL, by its names. */
export type Statements<SQL> = Readonly<Record<keyof SQL, Statement>>;

/** Prepares statements once for each connection. */
export function prepare<SQL extends Readonly<Record<string, string>>>(db: Database, sql: SQL): Statements<SQL> {
  return Object.fromEntries(Object.entries(sql).map(([name, text]) => [name, db.prepare(text)])) as Statements<SQL>;
}
