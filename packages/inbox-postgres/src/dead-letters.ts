import type { DeadLetter, Page } from '@call-status/core';
import {
  checkOptions,
  type DeadLetterGroup,
  type DeadLetterQuery,
  type DeadLetters,
  type Place,
  timeRange,
} from '@call-status/core/inbox';
import type { Row } from './connection/session.ts';
import { getDeadLetter, groupDeadLetters, listDeadLetters } from './read/dead-letters.ts';
import { QUERIES } from './read/queries.ts';
import { nowSql, type Store } from './store.ts';
import type { DeadLetterOperations } from './write/dead-letters.ts';

/** How many dead letters one step replays. */
const REPLAY_ROWS = 50;

const FIRST: Place = { at: Number.MIN_SAFE_INTEGER, row: 0 };

type ReplayQuery = Pick<DeadLetterQuery, 'provider' | 'since' | 'until'>;

export const newestSql = (s: string): string => `
  SELECT greatest(${nowSql(1)}, (SELECT dead_at FROM ${s}.jobs WHERE dead_at IS NOT NULL ORDER BY dead_at DESC LIMIT 1)) AS last`;

export const oldestSql = (s: string, condition = ''): string => `
  SELECT dead_at, id, event_id FROM ${s}.jobs
  WHERE dead_at IS NOT NULL AND ${condition} dead_at < $1::bigint AND (dead_at, id) > ($2::bigint, $3::bigint)
  ORDER BY dead_at, id LIMIT ${REPLAY_ROWS}`;

/** The dead letters of an inbox. */
export class PostgresDeadLetters implements DeadLetters {
  readonly #store: Store;
  readonly #operations: DeadLetterOperations;

  constructor(store: Store, operations: DeadLetterOperations) {
    this.#store = store;
    this.#operations = operations;
  }

  list(query?: DeadLetterQuery): Promise<Page<DeadLetter>> {
    return listDeadLetters(this.#store, query);
  }

  get(eventId: string): Promise<DeadLetter | undefined> {
    return getDeadLetter(this.#store, eventId);
  }

  replay(eventId: string): Promise<boolean> {
    return this.#store.write(this.#operations.replay, eventId);
  }

  async replayAll(query: ReplayQuery = {}): Promise<number> {
    checkOptions('query', query, QUERIES.replayAll);
    // Excludes events that become dead letters again, even if the clock was set back since the newest one did.
    const last = await this.#last();
    let replayed = 0;
    for (let after: Place | undefined = FIRST; after !== undefined; ) {
      const rows = await this.#oldest(query, last, after);
      const found = await Promise.all(rows.map((row) => this.replay(row['event_id'])));
      replayed += found.filter(Boolean).length;
      const newest = rows.at(-1);
      after = newest && { at: newest['dead_at'], row: newest['id'] };
    }
    return replayed;
  }

  groups(query?: ReplayQuery): Promise<readonly DeadLetterGroup[]> {
    return groupDeadLetters(this.#store, query);
  }

  async #last(): Promise<number> {
    const { schema } = this.#store;
    const [row] = await this.#store.read(newestSql(schema), [this.#store.now()]);
    return row?.['last'];
  }

  #oldest({ provider, ...times }: ReplayQuery, last: number, after: Place): Promise<Row[]> {
    const { sinceMs, untilMs } = timeRange(times);
    const start = sinceMs > after.at ? { at: sinceMs, row: 0 } : after;
    const values = [Math.min(untilMs, last + 1), start.at, start.row];
    if (provider === undefined) return this.#store.read(oldestSql(this.#store.schema), values);
    return this.#store.read(oldestSql(this.#store.schema, 'provider = $4::text AND'), [...values, provider]);
  }

  discard(eventId: string): Promise<boolean> {
    return this.#store.write(this.#operations.discard, eventId);
  }
}
