import type { NewRefusal, Place, Refusal, RefusalLimits, RefusalQuery, RefusedRequest } from '@call-status/core/inbox';
import { timeRange } from '@call-status/core/inbox';
import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';

/** How many rows `forgetCall` looks through at a time. */
const STEP_ROWS = 50;

const NEWEST = '(last_at, id) < (?, ?) AND last_at >= ? ORDER BY last_at DESC, id DESC LIMIT ?';

export const REFUSAL_SQL: Sql<
  | 'list'
  | 'listOfProvider'
  | 'listOfCode'
  | 'listOfBoth'
  | 'get'
  | 'add'
  | 'count'
  | 'kept'
  | 'oldest'
  | 'remove'
  | 'withRequest'
> = {
  list: `SELECT id, last_at, refusal FROM refusals WHERE ${NEWEST}`,
  listOfProvider: `SELECT id, last_at, refusal FROM refusals WHERE provider = ? AND ${NEWEST}`,
  listOfCode: `SELECT id, last_at, refusal FROM refusals WHERE code = ? AND ${NEWEST}`,
  listOfBoth: `SELECT id, last_at, refusal FROM refusals WHERE provider = ? AND code = ? AND ${NEWEST}`,
  get: 'SELECT id, refusal FROM refusals WHERE id = ?',
  add: 'INSERT INTO refusals (provider, code, first_at, last_at, bytes, has_request, refusal, count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  count:
    'UPDATE inbox SET refused = refused + ?, refused_bytes = refused_bytes + ?, uncounted = uncounted + ? WHERE id = 1',
  kept: 'SELECT refused, refused_bytes FROM inbox WHERE id = 1',
  oldest: 'SELECT id, bytes FROM refusals WHERE last_at > -9007199254740991 ORDER BY last_at, id LIMIT 1',
  remove: 'DELETE FROM refusals WHERE id = ?',
  withRequest: `SELECT id, bytes, refusal FROM refusals WHERE has_request = 1 AND id > ? ORDER BY id LIMIT ${STEP_ROWS}`,
};

/** Keeps rejected callbacks. The oldest make room for new ones. */
export class StoredRefusals {
  readonly #statements: Statements<typeof REFUSAL_SQL>;

  constructor(db: Database) {
    this.#statements = prepare(db, REFUSAL_SQL);
  }

  /** Newest first, starting after a place. */
  list({ provider, code, ...times }: RefusalQuery, before: Place, limit: number): Row[] {
    const { list, listOfProvider, listOfCode, listOfBoth } = this.#statements;
    const { sinceMs, untilMs } = timeRange(times);
    const end = untilMs <= before.at ? { at: untilMs, row: 0 } : before;
    const place = [end.at, end.row, sinceMs, limit];
    if (provider !== undefined) {
      return code === undefined ? listOfProvider.all(provider, ...place) : listOfBoth.all(provider, code, ...place);
    }
    return code === undefined ? list.all(...place) : listOfCode.all(code, ...place);
  }

  get(id: string): Refusal | undefined {
    const row = /^\d{1,15}$/.test(id) ? this.#statements.get.get(Number(id)) : undefined;
    return row && refusalOf(row);
  }

  keep(refusals: readonly NewRefusal[], { rows, bytes, uncounted }: RefusalLimits): void {
    const { add, count, kept, oldest } = this.#statements;
    count.run(0, 0, uncounted);
    for (const refusal of refusals) {
      const { provider = null, code, firstAt, lastAt, request } = refusal;
      const json = JSON.stringify(refusal);
      const size = Buffer.byteLength(json);
      add.run(
        provider,
        code,
        Date.parse(firstAt),
        Date.parse(lastAt),
        size,
        Number(request !== undefined),
        json,
        refusal.count,
      );
      count.run(1, size, 0);
    }
    for (let total = kept.get() as Row; total['refused'] > rows || total['refused_bytes'] > bytes; ) {
      this.#remove(oldest.get() as Row);
      total = kept.get() as Row;
    }
  }

  /** Removes those whose request contains the id of a call. */
  forget(callId: string): void {
    const { withRequest } = this.#statements;
    for (let rows = withRequest.all(0); rows.length > 0; rows = withRequest.all(rows.at(-1)?.['id'])) {
      for (const row of rows) if (isAbout(refusalOf(row).request as RefusedRequest, callId)) this.#remove(row);
    }
  }

  #remove({ id, bytes }: Row): void {
    const { remove, count } = this.#statements;
    remove.run(id);
    count.run(-1, -bytes, 0);
  }
}

export function refusalOf({ id, refusal }: Row): Refusal {
  return { id: String(id), ...JSON.parse(refusal) };
}

function isAbout({ body = '', ...rest }: RefusedRequest, callId: string): boolean {
  const texts = [Buffer.from(body, 'base64').toString(), JSON.stringify(rest)];
  return [callId, encodeURIComponent(callId)].some((id) => texts.some((text) => text.includes(id)));
}
