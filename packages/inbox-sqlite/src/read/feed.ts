import {
  eventOf,
  type FeedPage,
  type FeedQuery,
  type FeedRow,
  feedCursor,
  type StoredEvent,
} from '@call-status/core/inbox';
import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';

const PAGE_ROWS = 50;

/** How many events one step examines, between which requests are served, and how many steps a page takes at most. */
const STEP_ROWS = 50;
const MOST_STEPS = 20;

/** An event whose call is being removed has no transition. */
const PAGE = `
  recorded.id AS id, iif(erasing.call IS NULL, transition, NULL) AS transition, (SELECT removed_to FROM inbox WHERE id = 1) AS removed
  FROM recorded LEFT JOIN erasing ON erasing.call = recorded.call`;

export const FEED_SQL: Sql<'marks' | 'page' | 'pageOfProvider' | 'before'> = {
  marks: `
    SELECT removed_to AS removed, max(removed_to, coalesce((SELECT max(id) FROM recorded), 0)) AS last FROM inbox WHERE id = 1`,
  before: `
    SELECT min(id) AS id FROM recorded INDEXED BY recorded_by_call WHERE call = (
      SELECT id FROM calls INDEXED BY calls_ended WHERE terminal = 1 AND first_event_at < ? ORDER BY first_event_at DESC LIMIT 1)`,
  page: `SELECT event, ${PAGE} WHERE recorded.id > ? ORDER BY recorded.id LIMIT ?`,
  pageOfProvider: `
    SELECT CASE WHEN provider = ? THEN event END AS event, ${PAGE} LEFT JOIN calls ON calls.id = recorded.call
    WHERE recorded.id > ? ORDER BY recorded.id LIMIT ?`,
};

/** Reads events in the order of recording. There is one writer at a time, so the numbers of events are committed in order. */
export class Feed {
  readonly #statements: Statements<typeof FEED_SQL>;

  constructor(db: Database) {
    this.#statements = prepare(db, FEED_SQL);
  }

  /** Reads a page in steps. */
  *page({ after, since, provider, limit = PAGE_ROWS }: FeedQuery): Generator<void, FeedPage> {
    const marks = this.#statements.marks.get() as Row;
    const end = feedCursor.encode({ row: marks['last'], removed: marks['removed'] });
    if (after === 'end') return { rows: [], next: end, missed: false };
    let { row, removed } =
      after === undefined
        ? { row: this.#before(since), removed: marks['removed'] as number }
        : feedCursor.decode(after);
    if (row > marks['last']) return { rows: [], next: end, missed: true };
    removed = Math.min(removed, marks['removed']);
    let missed = false;
    const found: FeedRow[] = [];
    for (let step = 0; found.length < limit && step < MOST_STEPS; step++) {
      if (step > 0) yield;
      const wanted = Math.min(STEP_ROWS, limit - found.length);
      const rows = this.#read(provider, row, wanted);
      // In one statement with the rows: what is removed after it is not missed.
      const highest: number = (rows[0] ?? this.#statements.marks.get())?.['removed'];
      if (highest > Math.max(row, removed)) {
        missed = true;
        removed = highest;
      }
      for (const read of rows) {
        row = read['id'];
        if (read['transition'] === null) missed ||= after !== undefined;
        else if (read['event'] !== null) {
          found.push({ cursor: feedCursor.encode({ row, removed }), event: eventOf(read as unknown as StoredEvent) });
        }
      }
      if (rows.length < wanted) break;
    }
    return { rows: found, next: feedCursor.encode({ row, removed }), missed };
  }

  /** An event before which none was received since a time: the first one of a call that had begun, and has ended. */
  #before(since: FeedQuery['since']): number {
    if (since === undefined) return 0;
    const first = this.#statements.before.get(new Date(since).getTime());
    return (first?.['id'] ?? 1) - 1;
  }

  #read(provider: string | undefined, after: number, limit: number): Row[] {
    const { page, pageOfProvider } = this.#statements;
    return provider === undefined ? page.all(after, limit) : pageOfProvider.all(provider, after, limit);
  }
}
