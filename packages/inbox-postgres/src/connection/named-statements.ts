import { sqlStateOf, toInboxError } from './errors.ts';
import { BEGIN, type Driver } from './session.ts';

/** What the server answers if another connection of PgBouncer has the statement, or has another one of that name. */
const LOST: ReadonlySet<unknown> = new Set(['26000', '42P05']);

/**
 * Makes sure that a named statement can be run twice. PgBouncer in transaction mode may send the second run to another connection, and needs
 * version 1.21 to know the statement there. To see it, the first connection is kept busy meanwhile.
 *
 * @throws CallStatusError `inbox_unsupported`
 */
export async function requireNamedStatements(driver: Driver): Promise<void> {
  const [first, second] = await Promise.all([driver.connect(), driver.connect()]);
  try {
    await first.query('SELECT $1::text AS call_status_probe', ['']);
    await second.query(BEGIN);
    await first.query('SELECT $1::text AS call_status_probe', ['']);
  } catch (error) {
    if (!LOST.has(sqlStateOf(error))) throw error;
    throw toInboxError(error);
  } finally {
    await Promise.all([first.end(), second.end()]);
  }
}
