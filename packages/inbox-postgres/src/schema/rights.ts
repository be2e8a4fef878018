import { CallStatusError } from '@call-status/core';
import { RIGHTS } from '../connection/errors.ts';
import type { Driver } from '../connection/session.ts';

const TABLES = ['calls', 'inbox', 'jobs', 'leaders', 'recorded', 'refusals', 'tombstones', 'watches', 'workers'];

/**
 * Makes sure that the role may read and write each table, before the first callback finds out.
 *
 * @param schema not quoted
 * @throws CallStatusError `inbox_unwritable`; also errors of the database
 */
export async function requireRights(driver: Driver, schema: string): Promise<void> {
  const [row] = await driver.query(
    `SELECT current_user AS role, string_agg(DISTINCT c.relname::text, ', ') AS tables
    FROM pg_catalog.pg_namespace n
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = ANY ($2::text[])
    CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS needed(privilege)
    WHERE n.nspname = $1 AND NOT has_table_privilege(c.oid, privilege)`,
    [schema, TABLES],
  );
  const tables: string | null = row?.['tables'];
  if (tables === null) return;
  throw new CallStatusError('inbox_unwritable', {
    reason: `The role ${row?.['role']} may not read and write these tables of the schema ${schema}: ${tables}.`,
    hint: RIGHTS,
  });
}
