import { CallStatusError } from '@call-status/core';
import {
  checkOptions,
  eventOf,
  type FeedPage,
  type FeedPlace,
  type FeedQuery,
  feedCursor,
  type StoredEvent,
} from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import type { Store } from '../store.ts';
import { byIndex } from './by-index.ts';
import { Ceiling } from './ceiling.ts';
import { FEED_QUERY, PAGE_ROWS } from './queries.ts';
import type { Statement } from './statement.ts';
import { Values } from './values.ts';

/** How many events of all providers one page of a provider examines at most. */
const EXAMINED = 2000;

/** Events in the order of recording. */
export class Feed {
  readonly #store: Store;
  readonly #ceiling: Ceiling;

  constructor(store: Store) {
    this.#store = store;
    this.#ceiling = new Ceiling(store);
  }

  async page(query: FeedQuery = {}): Promise<FeedPage> {
    checkOptions('query', query, FEED_QUERY);
    const { after, since, provider, limit = PAGE_ROWS } = query;
    const { row: ceiling, isSettled } = await this.#ceiling.read();
    if (after === 'end' && !isSettled) throw new CallStatusError('inbox_unavailable', { hint: UNSETTLED });
    const place = after === undefined || after === 'end' ? undefined : feedCursor.decode(after);
    const from = after === 'end' ? ceiling : (place?.row ?? (await this.#before(since)));
    const { text, values } = feedPageSql(this.#store.schema, { from, ceiling, provider, limit });
    const rows = await byIndex(this.#store, (run) => run(text, values));
    return pageOf(rows, { from, ceiling, isSettled, place, limit });
  }

  /** An event before which none was received since a time: the first one of a call that had begun. */
  async #before(since: FeedQuery['since']): Promise<number> {
    if (since === undefined) return 0;
    const [first] = await byIndex(this.#store, (run) =>
      run(firstOfCallBeforeSql(this.#store.schema), [new Date(since).getTime()]),
    );
    return (first?.['id'] ?? 1) - 1;
  }
}

const UNSETTLED =
  'Another process has been recording an event for more than a second, so it is unknown where the feed ends.';

function firstOfCallBeforeSql(schema: string): string {
  return `
    SELECT r.id FROM (
      SELECT id FROM ${schema}.calls WHERE first_event_at < $1::bigint ORDER BY first_event_at DESC, id DESC LIMIT 1) c
    CROSS JOIN LATERAL (SELECT id FROM ${schema}.recorded WHERE recorded.call = c.id OFFSET 0) r ORDER BY r.id LIMIT 1`;
}

/** Which events to read. */
interface Range {
  /** After this one. */
  readonly from: number;
  /** Up to this one. */
  readonly ceiling: number;
  readonly provider: string | undefined;
  readonly limit: number;
}

/** What was read. */
interface Read extends Omit<Range, 'provider'> {
  /** Where the reader was, if it has been reading before. */
  readonly place: FeedPlace | undefined;
  /** Whether no event has a number above the ceiling. */
  readonly isSettled: boolean;
}

/** Each row has the highest number that was removed, and the last number examined. Without an event, they are the only row. */
function feedPageSql(schema: string, { from, ceiling, provider, limit }: Range): Statement {
  const values = new Values();
  const range = `FROM ${schema}.recorded WHERE recorded.id > ${values.add(from)}::bigint AND recorded.id <= ${values.add(ceiling)}::bigint ORDER BY recorded.id`;
  const found =
    provider === undefined
      ? `SELECT id, event, transition ${range} LIMIT ${limit}`
      : `SELECT r.id, r.event, r.transition FROM (SELECT * ${range} LIMIT ${EXAMINED}) r
        CROSS JOIN LATERAL (
          SELECT provider FROM ${schema}.calls WHERE calls.id = r.call LIMIT 1) c
        WHERE c.provider = ${values.add(provider)} ORDER BY r.id LIMIT ${limit}`;
  const examined = provider === undefined ? 'NULL' : `(SELECT recorded.id ${range} OFFSET ${EXAMINED - 1} LIMIT 1)`;
  const text = `
    SELECT r.*, i.removed_id, ${examined} AS examined_to
    FROM ${schema}.inbox i LEFT JOIN LATERAL (${found}) r ON true WHERE i.id = 1 ORDER BY r.id`;
  return { text, values: values.all };
}

function pageOf(rows: readonly Row[], { from, ceiling, isSettled, place, limit }: Read): FeedPage {
  const { removed_id: removed, examined_to: examined } = rows[0] as Row;
  const cursorOf = (row: number) => feedCursor.encode({ row, removed });
  const end = Math.max(ceiling, removed);
  if (isSettled && from > end) return { rows: [], next: cursorOf(end), missed: true };
  const events = rows
    .filter((row) => row['id'] !== null)
    .map((row) => ({ cursor: cursorOf(row['id']), event: eventOf(row as StoredEvent), id: row['id'] as number }));
  const isFull = events.length === limit;
  const last = isFull ? events.at(-1)?.id : (examined ?? ceiling);
  return {
    rows: events.map(({ cursor, event }) => ({ cursor, event })),
    next: cursorOf(Math.max(from, last)),
    missed: place !== undefined && removed > Math.max(place.row, place.removed),
  };
}
