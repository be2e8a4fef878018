import { CallStatusError, type ErrorDetails } from '../errors.ts';
import type { Transaction } from '../handlers.ts';
import type { Inbox, Lease, Outcome } from '../inbox/inbox.ts';
import type { JobTransaction } from '../inbox/job-transaction.ts';
import type { Context } from './context.ts';

const NOT_OFFERED = 'This inbox has no transactions for handlers.';
const HANDLER_ENDED = 'The handler has ended.';
const ATTEMPT_FAILED = 'Another handler of this attempt failed, so nothing would be committed.';

/** The transaction of one attempt, which its handlers share in their order. It begins with the first statement. */
export class AttemptTransaction {
  readonly #inbox: Pick<Inbox, 'transaction'>;
  readonly #about: ErrorDetails;
  readonly #users = new Set<string>();
  readonly #running = new Set<Promise<unknown>>();
  #begun: JobTransaction | undefined;
  #isCommitting = false;
  /** Why nothing will be committed. */
  #undone: CallStatusError | undefined;
  /** The first error of a statement, after which the database commits nothing, even if the handler caught it. */
  failure: { readonly cause: unknown } | undefined;

  constructor(inbox: Pick<Inbox, 'transaction'>, about: ErrorDetails) {
    this.#inbox = inbox;
    this.#about = about;
  }

  /** As one handler sees it. */
  of(context: Context): Transaction {
    return { query: (text, values) => this.#query(context, (begun) => begun.query(text, values)) };
  }

  /** Whether a handler used it: what it did is undone unless the event is finished. */
  isUsedBy(handler: string): boolean {
    return this.#users.has(handler);
  }

  /** Whether writes of handlers may be lost, so that they have to run again. */
  get isUndone(): boolean {
    return this.#undone !== undefined && this.#users.size > 0;
  }

  /** Whether handlers wrote something that has to be committed with the result. */
  get hasBegun(): boolean {
    return this.#begun !== undefined;
  }

  /** Resolves when no statement runs, including those that a handler did not wait for; `undefined`: none does. */
  idle(): Promise<unknown> | undefined {
    return this.#running.size === 0 ? undefined : Promise.all(this.#running);
  }

  /** Finishes the event and commits, or neither. */
  commit(lease: Lease): Promise<Outcome> {
    this.#isCommitting = true;
    return (this.#begun as JobTransaction).finish(lease);
  }

  /** Undoes everything; further statements are refused. */
  rollBack(reason: CallStatusError = this.#error(ATTEMPT_FAILED)): void {
    if (this.#undone !== undefined || this.#isCommitting) return;
    this.#undone = reason;
    void this.#begun?.rollback();
  }

  async #query<Result>(context: Context, run: (begun: JobTransaction) => Promise<Result>): Promise<Result> {
    const { handler, reason, isOver } = context;
    if (this.#inbox.transaction === undefined) throw this.#error(NOT_OFFERED, handler);
    if (reason !== undefined) throw reason;
    if (isOver) throw this.#error(HANDLER_ENDED, handler);
    this.#users.add(handler);
    if (this.#undone !== undefined) {
      // The handler is interrupted: it runs again in the next attempt.
      context.abort(this.#undone);
      throw this.#undone;
    }
    this.#begun ??= this.#inbox.transaction();
    let settle!: () => void;
    const settled = new Promise<void>((resolve) => {
      settle = resolve;
    });
    this.#running.add(settled);
    try {
      // Nothing else waits for this promise, so that the stack of its error leads to the handler.
      return await run(this.#begun);
    } catch (cause) {
      this.failure ??= { cause };
      throw cause;
    } finally {
      this.#running.delete(settled);
      settle();
    }
  }

  #error(reason: string, handler?: string): CallStatusError {
    return new CallStatusError('no_transaction', { ...this.#about, ...(handler && { handler }), reason });
  }
}
