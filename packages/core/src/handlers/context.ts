import { AsyncResource } from 'node:async_hooks';
import { type Call, foldCall } from '../call.ts';
import type { CallStatusError } from '../errors.ts';
import type { HandlerContext, Transaction } from '../handlers.ts';
import type { Inbox, Job } from '../inbox/inbox.ts';
import type { Logger } from '../log/log.ts';
import type { TracedHandler } from './traced-handler.ts';

/** What all handler contexts of a worker share. */
export interface ContextSource {
  readonly inbox: Pick<Inbox, 'getCall' | 'transaction'>;
  readonly log: Logger;
  /** The framework's request, if this process received the event. */
  readonly requestOf: (eventId: string) => unknown;
}

/** What the handler contexts of one attempt share. */
export interface TransactionSource {
  transactionOf(context: Context): Transaction;
}

/** The context of one handler call. */
export class Context implements HandlerContext {
  readonly attempt: number;
  readonly fence: number;
  readonly log: Logger;
  readonly request?: unknown;
  /** An own property, so that it can be destructured. */
  readonly call: () => Promise<Call>;
  /** The name of the handler. */
  readonly handler: string;
  /** Whether the handler has ended, or has been given up. */
  isOver = false;
  /** Set if something traces it. */
  traced: TracedHandler | undefined;
  readonly #transactions: TransactionSource;
  #transaction: Transaction | undefined;
  /** Created when a handler asks for the signal: most never do. */
  #controller: AbortController | undefined;
  /** Why the signal is aborted. */
  reason: CallStatusError | undefined;

  constructor(
    handler: string,
    { event, attempt, fence }: Job,
    { inbox, log, requestOf }: ContextSource,
    transactions: TransactionSource,
  ) {
    this.handler = handler;
    this.#transactions = transactions;
    this.attempt = attempt;
    this.fence = fence;
    this.log = log;
    if (attempt === 1) this.request = requestOf(event.id);
    this.call = async () => (await inbox.getCall(event.provider, event.callId, event.tenant)) ?? foldCall([event]);
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.reason !== undefined) this.#controller.abort(this.reason);
    return this.#controller.signal;
  }

  get transaction(): Transaction {
    this.#transaction ??= this.#transactions.transactionOf(this);
    return this.#transaction;
  }

  abort(reason: CallStatusError): void {
    this.reason ??= reason;
    this.#controller?.abort(reason);
  }
}

/** The async context in which this was created, so that it does not matter which request woke the worker. */
export class AsyncContext {
  readonly #made = new AsyncResource('call-status');

  /** Runs a function in a copy of the context, so that its `enterWith` has no effect elsewhere. */
  run<Result>(fn: () => Result): Result {
    return this.#made.runInAsyncScope(() => new AsyncResource('call-status').runInAsyncScope(fn));
  }
}
