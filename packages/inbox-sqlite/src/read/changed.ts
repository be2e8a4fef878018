import type { CallQuery, Place } from '@call-status/core/inbox';
import { type Database, prepare, type Row, type Sql, type Statement, type Statements } from '../database/engine.ts';
import type { Condition } from './filter.ts';

/** How many events may have been recorded since the time; of more, the newest calls are examined instead. */
const MOST_CHANGES = 2000;

const CHANGED = `FROM recorded INDEXED BY recorded_by_time WHERE received_at >= ?1`;

export const CHANGED_SQL: Sql<'isMany'> = {
  isMany: `
    SELECT ?1 < changes_from OR EXISTS (SELECT 1 ${CHANGED} LIMIT 1 OFFSET ${MOST_CHANGES}) AS is_many FROM inbox WHERE id = 1`,
};

/** Finds the calls with an event since a time, by the events that were recorded last. */
export class ChangedCalls {
  readonly #statement: (sql: string) => Statement;
  readonly #statements: Statements<typeof CHANGED_SQL>;

  /** @param statement prepares a statement, or has done so before */
  constructor(db: Database, statement: (sql: string) => Statement) {
    this.#statement = statement;
    this.#statements = prepare(db, CHANGED_SQL);
  }

  /** The newest of them before a place that match; `undefined` if there are too many events to look at. */
  find({ changedSince }: CallQuery, filter: Condition, before: Place, limit: number): Place[] | undefined {
    if (changedSince === undefined) return undefined;
    const since = new Date(changedSince).getTime();
    if (this.#statements.isMany.get(since)?.['is_many'] === 1) return undefined;
    const rows = this.#statement(changedSql(filter.sql)).all(since, before.at, before.row, ...filter.values, limit);
    return rows.map(({ first_event_at: at, id: row }: Row) => ({ at, row }));
  }
}

/** It sorts no more calls than {@link MOST_CHANGES}. */
function changedSql(filter: string): string {
  return `
    SELECT first_event_at, calls.id AS id
    FROM (SELECT DISTINCT call FROM (SELECT call ${CHANGED} LIMIT ${MOST_CHANGES})) AS changed CROSS JOIN calls ON calls.id = changed.call
    WHERE (first_event_at, calls.id) < (?, ?) AND ${filter}
    ORDER BY first_event_at DESC, calls.id DESC LIMIT ?`;
}
