import type { Page } from '@call-status/core';
import {
  checkOptions,
  type NewRefusal,
  type Refusal,
  type RefusalLimits,
  type RefusalQuery,
  type Refusals,
} from '@call-status/core/inbox';
import type { InboxFile } from './inbox-file.ts';
import { QUERIES, readPage } from './pages.ts';
import { refusalOf } from './store/refusals.ts';

/** How many are read without a pause: some have a whole request. */
const LIST_ROWS = 10;

/** The rejected callbacks of an inbox. */
export class SqliteRefusals implements Refusals {
  readonly #file: InboxFile;

  constructor(file: InboxFile) {
    this.#file = file;
  }

  async list(query: RefusalQuery = {}): Promise<Page<Refusal>> {
    checkOptions('query', query, QUERIES.refusals);
    return readPage(
      query,
      'last_at',
      (before, limit) => this.#file.read((store) => store.refusals.list(query, before, limit)),
      refusalOf,
      LIST_ROWS,
    );
  }

  get(id: string): Promise<Refusal | undefined> {
    return this.#file.read((store) => store.refusals.get(id));
  }

  keep(refusals: readonly NewRefusal[], limits: RefusalLimits): Promise<void> {
    return this.#file.write('keepRefusals', [refusals, limits]);
  }
}
