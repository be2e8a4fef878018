import {
  checkOptions,
  isStorable,
  type NewRefusal,
  type Page,
  type Refusal,
  type RefusalLimits,
  type RefusalQuery,
  type Refusals,
  timeCursor,
  timeRange,
} from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import type { Store } from '../store.ts';
import { byIndex } from './by-index.ts';
import { PAGE_ROWS, QUERIES } from './queries.ts';
import type { Statement } from './statement.ts';
import { Values } from './values.ts';

/** Any number that no other user of the database's advisory locks has. */
const LOCK_CLASS = 1_129_273_172;

/** How many are examined at a time: some are large. */
const FORGET_ROWS = 50;

/** Rejected callbacks. They are written apart from events, which must not wait for them. */
export class StoredRefusals implements Refusals {
  readonly #store: Store;
  readonly #onChange: () => void;

  /** @param onChange called after a change */
  constructor(store: Store, onChange: () => void) {
    this.#store = store;
    this.#onChange = onChange;
  }

  async list(query: RefusalQuery = {}): Promise<Page<Refusal>> {
    checkOptions('query', query, QUERIES.refusals);
    const { limit = PAGE_ROWS } = query;
    const { text, values } = refusalsSql(this.#store.schema, query);
    const found = await byIndex(this.#store, (run) => run(text, values));
    const page = { rows: found.slice(0, limit).map(refusalOf) };
    const last = found.length > limit ? found[limit - 1] : undefined;
    return last === undefined ? page : { ...page, next: timeCursor.encode({ at: last['last_at'], row: last['id'] }) };
  }

  async get(id: string): Promise<Refusal | undefined> {
    if (!/^\d{1,15}$/.test(id)) return undefined;
    const [row] = await this.#store.read(`SELECT id, refusal FROM ${this.#store.schema}.refusals WHERE id = $1`, [id]);
    return row && refusalOf(row);
  }

  async keep(refusals: readonly NewRefusal[], { rows, bytes, uncounted }: RefusalLimits): Promise<void> {
    const { schema } = this.#store;
    await this.#store.transaction(async (query) => {
      // One at a time, so that each sees what the one before has added.
      await query(`SELECT pg_advisory_xact_lock(${LOCK_CLASS}, '${schema}.refusals'::regclass::oid::int)`);
      await query(keepSql(schema), columnsOf(refusals));
      await query(trimSql(schema), [rows, bytes]);
      if (uncounted > 0) await query(`UPDATE ${schema}.inbox SET uncounted = uncounted + $1 WHERE id = 1`, [uncounted]);
    });
    this.#onChange();
  }

  /** Removes those whose request contains the id of a call. */
  async forget(callId: string): Promise<void> {
    const { schema } = this.#store;
    const some = `SELECT id, refusal FROM ${schema}.refusals WHERE id > $1 ORDER BY id LIMIT ${FORGET_ROWS}`;
    for (let rows = await this.#store.read(some, [0]); rows.length > 0; ) {
      const found = rows.filter((row) => isAbout(refusalOf(row), callId)).map(({ id }) => id);
      await this.#store.transaction((query) =>
        query(`DELETE FROM ${schema}.refusals WHERE id = ANY($1::bigint[])`, [found]),
      );
      rows = await this.#store.read(some, [rows.at(-1)?.['id']]);
    }
    this.#onChange();
  }
}

function isAbout({ request }: Refusal, callId: string): boolean {
  const body = Buffer.from(request?.body ?? '', 'base64').toString();
  const ids = isStorable(callId) ? [callId, encodeURIComponent(callId)] : [callId];
  return ids.some((id) => body.includes(id) || request?.url.includes(id));
}

/** One more than the page has shows that there is another page. */
function refusalsSql(schema: string, query: RefusalQuery): Statement {
  const { limit = PAGE_ROWS, cursor, provider, code, ...times } = query;
  const values = new Values();
  const { sinceMs, untilMs } = timeRange(times);
  const { at, row } = timeCursor.decode(cursor);
  const conditions = [
    `last_at >= ${values.add(sinceMs)}::bigint AND last_at < ${values.add(untilMs)}::bigint`,
    `(last_at, id) < (${values.add(at)}::bigint, ${values.add(row)}::bigint)`,
    ...(provider === undefined ? [] : [`provider = ${values.add(provider)}`]),
    ...(code === undefined ? [] : [`code = ${values.add(code)}`]),
  ];
  const text = `
    SELECT id, last_at, refusal FROM ${schema}.refusals WHERE ${conditions.join(' AND ')}
    ORDER BY last_at DESC, id DESC LIMIT ${limit + 1}`;
  return { text, values: values.all };
}

function refusalOf({ id, refusal }: Row): Refusal {
  return { id: String(id), ...JSON.parse(refusal) };
}

function columnsOf(refusals: readonly NewRefusal[]): readonly unknown[][] {
  const texts = refusals.map((refusal) => JSON.stringify(refusal));
  return [
    refusals.map(({ provider }) => provider?.replaceAll('\0', '\ufffd') ?? null),
    refusals.map(({ code }) => code),
    refusals.map(({ lastAt }) => Date.parse(lastAt)),
    texts.map((text) => Buffer.byteLength(text)),
    texts,
    refusals.map(({ count }) => count),
  ];
}

function keepSql(s: string): string {
  return `
    INSERT INTO ${s}.refusals (provider, code, last_at, bytes, refusal, count)
    SELECT provider, code, last_at, bytes, refusal, count
    FROM unnest($1::text[], $2::text[], $3::bigint[], $4::int[], $5::text[], $6::int[]) WITH ORDINALITY
      AS i(provider, code, last_at, bytes, refusal, count, ord)
    ORDER BY ord`;
}

/** Removes the oldest that are too many or too large. */
function trimSql(s: string): string {
  return `
    DELETE FROM ${s}.refusals WHERE id IN (
      SELECT id FROM (
        SELECT id, row_number() OVER newest AS place, sum(bytes) OVER newest AS size FROM ${s}.refusals
        WINDOW newest AS (ORDER BY last_at DESC, id DESC)) r
      WHERE place > $1::bigint OR size > $2::bigint)`;
}
