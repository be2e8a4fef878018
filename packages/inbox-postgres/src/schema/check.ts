import type { StoreCheck } from '@call-status/core/inbox';
import { toInboxError } from '../connection/errors.ts';
import { pgDriver } from '../connection/pg-driver.ts';
import type { Driver } from '../connection/session.ts';
import { type PostgresInboxOptions, resolveOptions } from '../options.ts';
import { quoted, requiredVersions } from './migrate.ts';

/** What the migrations create, for the version of this release. */
const TABLES = [
  'calls',
  'events',
  'inbox',
  'jobs',
  'leaders',
  'recorded',
  'refusals',
  'tombstones',
  'watches',
  'workers',
];

/**
 * Looks for tables and indexes of an inbox that are missing or damaged. It changes nothing, and reads only the catalog.
 *
 * @throws CallStatusError `inbox_missing` if there are no tables; as the inbox, when the database cannot be reached
 * @example
 * ```ts
 * import { checkSchema } from '@call-status/inbox-postgres';
 *
 * const { problems } = await checkSchema({ url: process.env.DATABASE_URL! });
 * for (const problem of problems) console.error(problem);
 * ```
 */
export async function checkSchema(options: PostgresInboxOptions): Promise<StoreCheck> {
  const resolved = resolveOptions({ ...options, readOnly: true });
  const driver = pgDriver(resolved);
  try {
    const versions = await requiredVersions(driver, resolved.schema);
    return { ...versions, problems: await problemsOf(driver, resolved.schema) };
  } catch (error) {
    throw toInboxError(error, driver.server);
  } finally {
    await driver.end();
  }
}

async function problemsOf(driver: Driver, schema: string): Promise<string[]> {
  const [found] = await driver.query(
    `SELECT array(SELECT relname::text FROM pg_class WHERE relnamespace = n.oid AND relkind IN ('r', 'v', 'p')) AS tables,
      array(
        SELECT i.relname::text FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
        WHERE i.relnamespace = n.oid AND NOT (x.indisvalid AND x.indisready) ORDER BY 1) AS broken
    FROM pg_namespace n WHERE n.nspname = $1`,
    [schema],
  );
  const { tables, broken } = found as { tables: readonly string[]; broken: readonly string[] };
  return [
    ...TABLES.filter((name) => !tables.includes(name)).map(
      (name) => `The table ${schema}.${name} is missing: restore it from a backup.`,
    ),
    ...broken.map(
      (name) => `The index ${schema}.${name} is not valid: run REINDEX INDEX ${quoted(schema)}.${quoted(name)}.`,
    ),
  ];
}
