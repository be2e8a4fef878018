import { createHash } from 'node:crypto';
import { CallStatusError } from '@call-status/core';
import { isTimeout, sqlStateOf } from './errors.ts';
import { BEGIN, type Driver } from './session.ts';

/** What the server answers if another connection of PgBouncer has the statement, or this one has it already. */
const LOST: ReadonlySet<unknown> = new Set(['26000', '42P05']);

/** The names of statements, until one turns out not to get through PgBouncer. */
export class StatementNames {
  readonly #names = new Map<string, string>();
  #areUsed: boolean;
  /** Called once if names are no longer used. */
  onWarning: (warning: CallStatusError) => void = () => {};

  constructor(areUsed: boolean) {
    this.#areUsed = areUsed;
  }

  /** Of equal statements in all processes, since PgBouncer may show one the statements of another. */
  of(text: string): string | undefined {
    if (!this.#areUsed) return;
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const name = `call_status_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
    this.#names.set(text, name);
    return name;
  }

  /** After an error of a statement with a name. */
  failed(error: unknown): void {
    if (!this.#areUsed || !LOST.has(sqlStateOf(error))) return;
    this.#areUsed = false;
    this.onWarning(new CallStatusError('inbox_unnamed_statements', {}, { cause: error }));
  }
}

/**
 * Runs a named statement twice, so that the driver stops naming statements if that fails. PgBouncer in transaction mode may send the second
 * run to another connection, and needs version 1.21 to know the statement there. To see it, the first connection is kept busy meanwhile.
 */
export async function probeNamedStatements(driver: Driver): Promise<void> {
  const [first, second] = await Promise.all([driver.connect(), driver.connect()]);
  let isBusy = false;
  try {
    await first.query('SELECT $1::text AS call_status_probe', ['']);
    await second.query(BEGIN);
    isBusy = true;
    await first.query('SELECT $1::text AS call_status_probe', ['']);
  } catch (error) {
    // Without a second connection, the answer never comes: a name that is lost is noticed later.
    const isUnanswered = isBusy && isTimeout(error);
    if (!isUnanswered && !LOST.has(sqlStateOf(error))) throw error;
  } finally {
    await Promise.all([first.end(), second.end()]);
  }
}
