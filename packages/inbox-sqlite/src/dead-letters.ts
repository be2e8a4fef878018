import type { DeadLetter, Page } from '@call-status/core';
import {
  checkOptions,
  type DeadLetterGroup,
  type DeadLetterQuery,
  type DeadLetters,
  deadLetterOf,
  type Place,
  type StoredDeadLetter,
} from '@call-status/core/inbox';
import type { InboxFile } from './inbox-file.ts';
import { QUERIES, readPage, readSteps } from './pages.ts';
import type { ReplayQuery, Span } from './store/dead-letters.ts';
import { FIRST } from './store/rows.ts';
import { setTimeout } from './timers.ts';

/** The pause between two steps of a replay, in which requests are served. */
const PAUSE_MS = 5;

/** How many dead letters are read without a pause: some events are large. */
const LIST_ROWS = 10;

/** The dead letters of an inbox. */
export class SqliteDeadLetters implements DeadLetters {
  readonly #file: InboxFile;

  constructor(file: InboxFile) {
    this.#file = file;
  }

  async list(query: DeadLetterQuery = {}): Promise<Page<DeadLetter>> {
    checkOptions('query', query, QUERIES.deadLetters);
    return readPage(
      query,
      'dead_at',
      (before, limit) => this.#file.read((store) => store.deadLetters.list(query, before, limit)),
      (row) => deadLetterOf(row as unknown as StoredDeadLetter),
      LIST_ROWS,
    );
  }

  get(eventId: string): Promise<DeadLetter | undefined> {
    return this.#file.read((store) => store.deadLetters.read(eventId));
  }

  replay(eventId: string): Promise<boolean> {
    return this.#file.write('replay', [eventId]);
  }

  async replayAll(query: ReplayQuery = {}): Promise<number> {
    checkOptions('query', query, QUERIES.replayAll);
    // It only reads, but it sees what was asked for before.
    const last = await this.#file.write('newestDeadLetter', []);
    if (last === undefined) return 0;
    // An event that becomes a dead letter again meanwhile may be found again: in the same millisecond, or after the clock was set back.
    const seen = new Set<number>();
    let replayed = 0;
    for (let after: Place | undefined = FIRST; after !== undefined; ) {
      const span: Span = { after, last };
      const rows = await this.#file.read((store) => store.deadLetters.oldest(query, span));
      const fresh = rows.filter(({ row }) => !seen.has(row));
      for (const { row } of fresh) seen.add(row);
      const found = await Promise.all(fresh.map(({ eventId }) => this.replay(eventId)));
      replayed += found.filter(Boolean).length;
      after = rows.at(-1);
      if (after !== undefined) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return replayed;
  }

  discard(eventId: string): Promise<boolean> {
    return this.#file.write('discard', [eventId]);
  }

  async groups(query: ReplayQuery = {}): Promise<readonly DeadLetterGroup[]> {
    checkOptions('query', query, QUERIES.replayAll);
    return this.#file.read((store) => readSteps(store.deadLetters.groups(query)));
  }
}
