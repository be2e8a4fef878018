// An inbox in memory with a table that handlers write to, in transactions that undo what is not committed.
import type { Inbox } from '../src/inbox/inbox.ts';
import type { JobTransaction } from '../src/inbox/job-transaction.ts';

/** How a commit fails: before it takes effect, or after it did. */
export type Fault = 'before' | 'after';

export class TransactionalInbox {
  /** The table, as the database has it: uncommitted writes are seen, since there is nothing beside them. */
  readonly table = new Map<string, unknown>();
  /** What happened to the transactions. */
  readonly log: string[] = [];
  /** How the next commit fails, and with what. */
  fault: { readonly at: Fault; readonly cause: Error } | undefined;
  readonly inbox: Inbox;

  constructor(store: Inbox) {
    const transaction = (): JobTransaction => this.#begin(store);
    this.inbox = new Proxy(store, {
      get(target, name) {
        if (name === 'transaction') return transaction;
        const value = target[name as keyof Inbox];
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  #begin(store: Inbox): JobTransaction {
    const undo: (() => void)[] = [];
    let isBroken = false;
    this.log.push('begin');
    const undoAll = (): void => {
      for (const one of undo.splice(0).reverse()) one();
    };
    return {
      query: async (text, [key, value] = []) => {
        const name = String(key);
        await new Promise(setImmediate);
        if (isBroken) throw new Error('The transaction is aborted.');
        if (text !== 'SET') {
          isBroken = true;
          throw new Error('syntax error');
        }
        const before = this.table.get(name);
        undo.push(() => (before === undefined ? this.table.delete(name) : this.table.set(name, before)));
        this.table.set(name, value);
        return { rows: [], rowCount: 1 };
      },
      finish: async (lease) => {
        const { fault } = this;
        this.fault = undefined;
        const outcome = fault?.at === 'before' ? 'lost' : await store.finish(lease);
        if (outcome !== 'done') undoAll();
        this.log.push(outcome === 'done' ? 'commit' : 'undo');
        if (fault !== undefined) throw fault.cause;
        return outcome;
      },
      rollback: async () => {
        undoAll();
        this.log.push('rollback');
      },
    };
  }
}
