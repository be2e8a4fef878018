/** Any number that no other user of the database's advisory locks has. */
const CLASS = 1_129_273_171;

/** The table that the marks belong to, as the second part of the lock. */
function key(schema: string): string {
  return `'${schema}.recorded'::regclass::oid`;
}

/**
 * Every transaction that records runs this before its first event gets a number, and holds the mark until its end: numbers are assigned in
 * order, but become visible in the order of the commits.
 */
export function feedMarkSql(schema: string): string {
  return `SELECT pg_advisory_xact_lock_shared(${CLASS}, ${key(schema)}::int)`;
}

/** The transactions that hold the mark now. */
export function feedHoldersSql(schema: string): string {
  return `
    SELECT virtualtransaction AS holder FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND classid = ${CLASS} AND objid = ${key(schema)} AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
}
