import pg from 'pg';
import { BY_INDEX } from '../src/plans.ts';

/** How a statement was executed. */
export interface Execution {
  readonly name: string;
  /** Tables that were read from one end to the other. */
  readonly scanned: readonly string[];
  /** How many pages were looked at. */
  readonly buffers: number;
  readonly plan: string;
}

type Scalar = string | number | boolean | null | undefined;

/** Values as literals of SQL. */
function literalOf(value: Scalar | readonly Scalar[]): string {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.map((each) => elementOf(each)).join(',')}}`);
  return typeof value === 'string' ? pg.escapeLiteral(value) : String(value);
}

function elementOf(value: Scalar): string {
  return value === null ? 'NULL' : JSON.stringify(String(value));
}

/** Prepares a statement under a name, and has the server make the plan that it keeps. */
export async function prepare(
  client: pg.Client,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<void> {
  await client.query(`PREPARE "${name}" AS ${text}`);
  await client.query(`BEGIN; ${BY_INDEX}; SET LOCAL plan_cache_mode = force_generic_plan`);
  await client.query(executeSql(name, values));
  await client.query('ROLLBACK');
}

/** Executes a prepared statement, and undoes it. */
export async function explain(
  client: pg.Client,
  name: string,
  values: readonly unknown[],
  cache: 'force_generic_plan' | 'force_custom_plan',
): Promise<Execution> {
  await client.query(`BEGIN; ${BY_INDEX}; SET LOCAL plan_cache_mode = ${cache}`);
  try {
    const { rows } = await client.query(
      `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS) ${executeSql(name, values)}`,
    );
    const lines = rows.map((row) => row['QUERY PLAN'] as string);
    return {
      name,
      scanned: lines.flatMap((line) => /Seq Scan on (\w+)/.exec(line)?.[1] ?? []),
      buffers: Math.max(0, ...lines.map((line) => Number(/shared hit=(\d+)/.exec(line)?.[1] ?? 0))),
      plan: lines.join('\n'),
    };
  } finally {
    await client.query('ROLLBACK');
  }
}

function executeSql(name: string, values: readonly unknown[]): string {
  return `EXECUTE "${name}"${values.length === 0 ? '' : `(${values.map((value) => literalOf(value as Scalar | readonly Scalar[])).join()})`}`;
}
