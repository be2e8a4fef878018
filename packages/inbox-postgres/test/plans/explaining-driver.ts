import type { Driver, Query } from '../../src/connection/session.ts';

/** What a statement did. */
export interface Explained {
  readonly text: string;
  /** The tables that were scanned, except those of the server. */
  readonly scanned: readonly string[];
  /** How many pages were read. */
  readonly buffers: number;
}

/** A part of a plan, as `EXPLAIN (FORMAT JSON)` shows it. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

/** A driver whose statements are explained, each just before it runs. */
export function explaining(driver: Driver, explained: Explained[]): Driver {
  return {
    ...driver,
    query: (text, values) => driver.transaction((query) => explain(query, explained)(text, values)),
    transaction: (run, settings) => driver.transaction((query) => run(explain(query, explained)), settings),
  };
}

function explain(query: Query, explained: Explained[]): Query {
  return async (text, values) => {
    if (/^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)/.test(text)) {
      await query('SAVEPOINT before');
      const [row] = await query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`, values);
      await query('ROLLBACK TO SAVEPOINT before');
      const plan: PlanNode = row?.['QUERY PLAN'][0].Plan;
      const buffers = plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
      explained.push({ text, scanned: scannedBy(plan), buffers });
    }
    return query(text, values);
  };
}

function scannedBy(node: PlanNode): string[] {
  const { 'Node Type': type, 'Relation Name': table = '' } = node;
  const own = type === 'Seq Scan' && !table.startsWith('pg_') ? [table] : [];
  return [...own, ...(node.Plans ?? []).flatMap(scannedBy)];
}
