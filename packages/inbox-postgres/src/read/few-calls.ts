import type { CallQuery } from '@call-status/core/inbox';
import { searchTerms } from './call-conditions.ts';
import type { Statement } from './statement.ts';
import { prefixPattern, Values } from './values.ts';

/** More calls than this are frequent enough to be found among the newest ones. */
export const FEW = 1000;

/** Reading one more shows that they are many. */
const LIMIT = `LIMIT ${FEW + 1}`;

/**
 * Statements that find the calls of a query by what has an index of its own, and not by their time. Each returns all of them, or more than
 * {@link FEW}, and reads a bounded number of rows.
 */
export function fewSqls(schema: string, query: CallQuery): readonly Statement[] {
  const { search, hasDeadLetter } = query;
  const statements: Statement[] = [];
  if (search !== undefined) statements.push(searchSql(schema, search));
  if (hasDeadLetter === true) {
    statements.push(
      union([`SELECT call AS id FROM ${schema}.jobs WHERE dead_at IS NOT NULL ORDER BY dead_at, jobs.id ${LIMIT}`], []),
    );
  }
  return statements;
}

function searchSql(schema: string, search: string): Statement {
  const values = new Values();
  const parts = searchTerms(search).map(({ column, prefix }) => {
    const pattern = values.add(prefixPattern(prefix));
    return `SELECT c.id FROM ${schema}.calls c WHERE ${column} LIKE ${pattern} ORDER BY ${column} USING ~<~ ${LIMIT}`;
  });
  return union(parts, values.all);
}

function union(parts: readonly string[], values: readonly unknown[]): Statement {
  const all = parts.length === 0 ? ['SELECT 0 AS id LIMIT 0'] : parts;
  return { text: `SELECT DISTINCT id FROM (${all.map((part) => `(${part})`).join(' UNION ALL ')}) x ${LIMIT}`, values };
}
