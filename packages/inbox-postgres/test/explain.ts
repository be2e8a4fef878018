import pg from 'pg';

/** How a statement was executed. */
export interface Execution {
  readonly name: string;
  /** Tables that were read from one end to the other. */
  readonly scanned: readonly string[];
  /** How many pages were looked at. */
  readonly buffers: number;
  readonly plan: string;
}

/** Values as literals of SQL. */
function literalOf(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.map((each) => elementOf(each)).join(',')}}`);
  return typeof value === 'string' ? pg.escapeLiteral(value) : String(value);
}

function elementOf(value: unknown): string {
  return value === null ? 'NULL' : JSON.stringify(String(value));
}

/**
 * Executes a statement as the server would after it has been prepared and used often, whose plan then depends on no values, and undoes it.
 */
export async function explain(
  client: pg.Client,
  name: string,
  text: string,
  values: readonly unknown[],
  cache: 'force_generic_plan' | 'force_custom_plan',
): Promise<Execution> {
  await client.query(`BEGIN; SET LOCAL plan_cache_mode = ${cache}`);
  try {
    await client.query(`PREPARE subject AS ${text}`);
    const call = values.length === 0 ? 'subject' : `subject(${values.map(literalOf)})`;
    const { rows } = await client.query(
      `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS) EXECUTE ${call}`,
    );
    const lines = rows.map((row) => row['QUERY PLAN'] as string);
    return {
      name,
      scanned: lines.flatMap((line) => /Seq Scan on (\w+)/.exec(line)?.[1] ?? []),
      buffers: Math.max(0, ...lines.map((line) => Number(/shared hit=(\d+)/.exec(line)?.[1] ?? 0))),
      plan: lines.join('\n'),
    };
  } finally {
    await client.query('ROLLBACK; DEALLOCATE ALL');
  }
}
