import { type Database, prepare, type Sql, type Statements } from '../database/engine.ts';
import { blockOf, searchTextsOf } from '../database/schema/search-texts.ts';

export const SEARCH_TEXT_SQL: Sql<'addBlocks' | 'texts' | 'add' | 'remove'> = {
  addBlocks: `INSERT OR IGNORE INTO search_texts (block, kind, text, call) ${searchTextsOf('id >= ?1 << 10 AND id < ?2 << 10')}`,
  add: `INSERT OR IGNORE INTO search_texts (block, kind, text, call) ${searchTextsOf('id = ?1')}`,
  texts: searchTextsOf('id = ?1'),
  remove: 'DELETE FROM search_texts WHERE block = ? AND kind = ? AND text = ? AND call = ?',
};

/** Sorts the ids and numbers of calls for searching, a block of calls at once: one by one, each would write a page of its own. */
export class SearchTexts {
  readonly #statements: Statements<typeof SEARCH_TEXT_SQL>;

  constructor(db: Database) {
    this.#statements = prepare(db, SEARCH_TEXT_SQL);
  }

  /** Adds the blocks that new calls have filled. After the last call was removed, its block may be filled again. */
  addBlocks(lastBefore: number, last: number): void {
    const [first, end] = [blockOf(lastBefore), blockOf(last)];
    if (first < end) this.#statements.addBlocks.run(first, end);
  }

  /** Changes the numbers of a call. */
  change(call: number, last: number, run: () => void): void {
    this.remove(call);
    run();
    if (blockOf(call) < blockOf(last)) this.#statements.add.run(call);
  }

  /** A call is about to be removed. */
  remove(call: number): void {
    const { texts, remove } = this.#statements;
    for (const { block, kind, text } of texts.all(call)) remove.run(block, kind, text, call);
  }
}
