import { CallStatusError } from '@call-status/core';
import { sqlStateOf } from '../connection/errors.ts';
import type { Driver, Session } from '../connection/session.ts';
import { isSchema, SCHEMA_NAMES } from '../options.ts';
import { lockTables, PATIENCE, type Patience } from './lock-tables.ts';
import { type Migration, migrations } from './schema.ts';

/** How long a migration may take, in milliseconds: other processes may be ahead, and tables may be large. */
const MIGRATION_MS = 600_000;

/** The server ends a migration whose host it has not heard of for so long between statements, in milliseconds: its locks stop all hosts. */
const HOST_MS = 30_000;

/** What to do about a schema that is missing or old. */
export interface Preparation {
  /** The schema, not quoted. */
  readonly schema: string;
  /** Whether this inbox may create tables. */
  readonly migrate: boolean;
  /** Whether this is a service, and not a script. */
  readonly create: boolean;
  /** The versions, for tests. @default those of this release */
  readonly versions?: readonly Migration[];
  /** How to wait for tables that others use, for tests. */
  readonly patience?: Patience;
}

/** The versions of a schema. */
interface Versions {
  readonly version: number;
  /** The oldest release, by the last version that it knows, that may write. */
  readonly oldestWriter: number;
}

/**
 * Makes sure that the tables are there, and that this release may use them. Many processes may do it at once.
 *
 * @throws CallStatusError `inbox_missing`, `inbox_unsupported`; also errors of the database
 */
export async function prepareSchema(driver: Driver, preparation: Preparation): Promise<void> {
  const { schema, migrate, create, versions = migrations(quoted(schema)), patience } = preparation;
  const found = await versionsOf(driver, schema);
  if (found !== undefined && found.version >= versions.length) return requireVersions(found, schema, versions.length);
  if (migrate && create) return migrateSchema(driver, schema, versions, patience);
  if (found === undefined) throw missing(schema, migrate);
  requireVersions(found, schema, versions.length);
}

/**
 * Makes sure that this release may write. Asked on each new connection: a newer release may have migrated meanwhile.
 *
 * @throws CallStatusError `inbox_missing`, `inbox_unsupported`; also errors of the connection
 */
export async function requireSchema(session: Session, schema: string): Promise<void> {
  requireVersions(await readVersions(session, schema), schema, migrations(quoted(schema)).length);
}

/**
 * The version of the tables, and the one that this release needs. Only reads.
 *
 * @throws CallStatusError `inbox_missing`; also errors of the connection
 */
export async function requiredVersions(driver: Driver, schema: string): Promise<{ version: number; needed: number }> {
  const found = await versionsOf(driver, schema);
  if (found === undefined) throw missing(schema, true);
  return { version: found.version, needed: migrations(quoted(schema)).length };
}

/** The schema in the form in which it stands in statements. */
export function quoted(schema: string): string {
  return `"${schema}"`;
}

/**
 * The statements that create the tables, or bring them up to date, for people who migrate by hand.
 *
 * @param schema as in the options of the inbox
 * @param from the version that the tables have: the highest in the table `migrations`; 0: there are none
 * @throws CallStatusError `invalid_options`
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { schemaSql } from '@call-status/inbox-postgres';
 *
 * writeFileSync('call-status.sql', schemaSql());
 * ```
 */
export function schemaSql(schema = 'call_status', { from = 0 }: { readonly from?: number } = {}): string {
  if (!isSchema(schema))
    throw new CallStatusError('invalid_options', { issues: [`schema: expected ${SCHEMA_NAMES}.`] });
  return statementsOf(schema, from, migrations(quoted(schema)));
}

/** The statements that lead from one version to the last. */
export function statementsOf(schema: string, from: number, versions: readonly Migration[]): string {
  const start = from === 0 ? [`CREATE SCHEMA IF NOT EXISTS ${quoted(schema)};`, tableSql(schema)] : [];
  const steps = versions.flatMap(({ sql }, at) => [sql.trim(), insertSql(schema, at + 1, versions)]).slice(2 * from);
  const tables = changedSince(from, schema, versions);
  return ['BEGIN;', ...start, ...(tables.length > 0 ? [lockSql(tables)] : []), ...steps, 'COMMIT;', ''].join('\n');
}

/** All hosts wait while it waits. */
function lockSql(tables: readonly string[]): string {
  return `SET LOCAL lock_timeout = ${PATIENCE.lockMs}; -- if another transaction uses the tables for longer, run all of this again
LOCK TABLE ${tables.join(', ')};`;
}

async function migrateSchema(
  driver: Driver,
  schema: string,
  versions: readonly Migration[],
  patience: Patience | undefined,
): Promise<void> {
  const session = await driver.connect({ queryTimeoutMs: MIGRATION_MS });
  try {
    await session.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
    const ifLost = `SET LOCAL idle_in_transaction_session_timeout = ${HOST_MS}`;
    await session.query(`SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; ${ifLost}`);
    await session.query("SELECT pg_advisory_xact_lock(hashtextextended('call-status:' || $1, 0))", [schema]);
    // Read under the lock: another process may have migrated meanwhile.
    const found = await versionsOf(session, schema);
    if (found === undefined) await createSchema(session, schema);
    const from = found?.version ?? 0;
    await lockTables(session, changedSince(from, schema, versions), patience);
    for (const [at, { sql }] of versions.entries()) {
      if (at < from) continue;
      await session.query(sql);
      await session.query(insertSql(schema, at + 1, versions));
    }
    await session.query('COMMIT');
  } catch (error) {
    throw sqlStateOf(error) === '42P07' ? taken(schema, error) : error;
  } finally {
    await session.end();
  }
}

/** The tables that versions after this one change; none while there are no tables. */
function changedSince(from: number, schema: string, versions: readonly Migration[]): string[] {
  const changes = versions.slice(from).flatMap((version) => version.changes);
  return from === 0 ? [] : [...new Set(changes)].map((table) => `${quoted(schema)}.${table}`);
}

async function createSchema(session: Session, schema: string): Promise<void> {
  const { hasSchema } = await look(session, schema);
  // `IF NOT EXISTS` needs the right to create a schema even if it exists.
  if (!hasSchema) await session.query(`CREATE SCHEMA ${quoted(schema)}`);
  await session.query(tableSql(schema));
}

/** `undefined` if there are no tables. Takes no lock. */
async function versionsOf(on: Pick<Session, 'query'>, schema: string): Promise<Versions | undefined> {
  const { hasTable } = await look(on, schema);
  return hasTable ? readVersions(on, schema) : undefined;
}

/** Reads the catalog itself: behind PgBouncer, `to_regclass` may remember what was missing before the lock was waited for. */
async function look(on: Pick<Session, 'query'>, schema: string): Promise<{ hasSchema: boolean; hasTable: boolean }> {
  const [row] = await on.query(
    `SELECT n.oid IS NOT NULL AS has_schema, c.oid IS NOT NULL AS has_table
    FROM (SELECT 1) one
    LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = $1
    LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = 'migrations'`,
    [schema],
  );
  return { hasSchema: row?.['has_schema'], hasTable: row?.['has_table'] };
}

/** A column, an operator or a function is missing, or a type is another: the table has the name that this one has, and no more. */
const OTHER_TABLE: ReadonlySet<unknown> = new Set(['42703', '42804', '42883']);

async function readVersions(on: Pick<Session, 'query'>, schema: string): Promise<Versions> {
  const reading = on.query(`
    SELECT coalesce(max(version), 0) AS version, coalesce(max(oldest_writer), 0) AS oldest FROM ${quoted(schema)}.migrations`);
  const [row] = await reading.catch((error: unknown) => {
    throw OTHER_TABLE.has(sqlStateOf(error)) ? taken(schema, error) : error;
  });
  return { version: row?.['version'], oldestWriter: row?.['oldest'] };
}

function requireVersions({ version, oldestWriter }: Versions, schema: string, known: number): void {
  if (version < known) {
    throw new CallStatusError('inbox_unsupported', {
      reason: `The schema ${schema} has version ${version}, and this release needs ${known}.`,
      hint: 'Start a service of this release that may create tables, or run the statements of schemaSql() from that version on: see "Roles and grants" in the manual.',
    });
  }
  if (oldestWriter > known) {
    throw new CallStatusError('inbox_unsupported', {
      reason: `The schema ${schema} has version ${version}, and this release knows ${known}.`,
      hint: 'Update @call-status/inbox-postgres.',
    });
  }
}

function tableSql(schema: string): string {
  return `CREATE TABLE ${quoted(schema)}.migrations (
  version integer PRIMARY KEY,
  oldest_writer integer NOT NULL,         -- the oldest version of the schema whose code may write
  at timestamptz NOT NULL DEFAULT now()
);`;
}

function insertSql(schema: string, version: number, versions: readonly Migration[]): string {
  const { oldestWriter } = versions[version - 1] as Migration;
  return `INSERT INTO ${quoted(schema)}.migrations (version, oldest_writer) VALUES (${version}, ${oldestWriter});`;
}

function missing(schema: string, migrate: boolean): CallStatusError {
  return new CallStatusError('inbox_missing', {
    reason: `The database has no schema ${schema} with the tables of an inbox.`,
    hint: migrate
      ? 'Check the URL and `schema`. Only a service creates the tables: start one once, or call `await inbox.ready({ create: true })`.'
      : 'Check the URL and `schema`. With `migrate: false`, run the statements of schemaSql() first.',
  });
}

function taken(schema: string, cause: unknown): CallStatusError {
  return new CallStatusError(
    'inbox_unsupported',
    {
      reason: `The schema ${schema} contains tables of another program.`,
      hint: 'Choose another name with `schema`.',
    },
    { cause },
  );
}
