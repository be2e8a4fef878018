import { checkOptions, type DeadLetter, type DeadLetterQuery, type DeadLetters, type Page } from '@call-status/core';
import type { FileOfInbox } from './inbox-file.ts';
import { QUERIES, readPage } from './pages.ts';
import { deadLetterOf, type ReplayQuery, type ReplayStep } from './store/dead-letters.ts';
import { FIRST, type Place } from './store/rows.ts';
import { setTimeout } from './timers.ts';

/** How long to wait between two steps of replaying, so that requests go first. */
const PAUSE_MS = 5;

/** How many events may be read without a pause: some are long. */
const LIST_ROWS = 10;

/** The dead letters of a file. */
export class SqliteDeadLetters implements DeadLetters {
  readonly #file: FileOfInbox;

  constructor(file: FileOfInbox) {
    this.#file = file;
  }

  async list(query: DeadLetterQuery = {}): Promise<Page<DeadLetter>> {
    checkOptions('query', query, QUERIES.deadLetters);
    return readPage(
      query,
      'dead_at',
      (before, limit) => this.#file.read((store) => store.deadLetters.list(query, before, limit)),
      deadLetterOf,
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
    // What dies again is not replayed again, also where the clock was set back since the last one died.
    const last = await this.#file.read((store, { wall }) => Math.max(wall, store.deadLetters.newestAt()));
    let replayed = 0;
    for (let after: Place | undefined = FIRST; after !== undefined; ) {
      const step: ReplayStep = await this.#file.write('replayStep', [query, last, after]);
      replayed += step.replayed;
      after = step.last;
      if (after !== undefined) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return replayed;
  }

  discard(eventId: string): Promise<boolean> {
    return this.#file.write('discard', [eventId]);
  }
}
