import type { Inbox, JobTransaction, Lease, Outcome, Transaction } from '@call-status/core/inbox';
import type { InboxUnderTest } from '../../src/index.ts';

const INSERT = 'insert';

/** A table of an application, and transactions that write to it together with the result of a job. */
export class MemoryTable implements NonNullable<InboxUnderTest['table']> {
  readonly #rows: string[] = [];
  readonly #committed = new Set<string>();

  insert(transaction: Transaction, text: string): Promise<unknown> {
    return transaction.query(INSERT, [text]);
  }

  async rows(): Promise<readonly string[]> {
    return this.#rows;
  }

  write(texts: readonly string[]): void {
    this.#rows.push(...texts);
  }

  /** A transaction that is committed if `counts` says so; right unless told otherwise. */
  transaction(
    inbox: Inbox,
    counts: (outcome: Outcome, lease: Lease) => boolean = (outcome, lease) => this.#isFirst(outcome, lease),
  ): JobTransaction {
    let texts: string[] = [];
    let isBroken = false;
    return {
      async query(text, values = []) {
        isBroken ||= text !== INSERT;
        if (isBroken) throw new Error('syntax error');
        texts.push(String(values[0]));
        return { rows: [], rowCount: 1 };
      },
      finish: async (lease) => {
        if (isBroken) throw new Error('The transaction is aborted.');
        const outcome = await inbox.finish(lease);
        if (counts(outcome, lease)) this.write(texts);
        texts = [];
        return outcome;
      },
      async rollback() {
        texts = [];
        isBroken = false;
      },
    };
  }

  #isFirst(outcome: Outcome, { token }: Lease): boolean {
    if (outcome !== 'done' || this.#committed.has(token)) return false;
    this.#committed.add(token);
    return true;
  }
}
