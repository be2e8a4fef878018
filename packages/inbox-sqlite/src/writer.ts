import { CallStatusError } from '@call-status/core';
import { CLOSE, type Outcomes, type WriteName } from './committer.ts';
import { toInboxError } from './failure.ts';
import type { Store } from './store.ts';

/** The way to a committer: a thread, or in tests a port. */
export interface Channel {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (outcomes: Outcomes) => void): unknown;
  /** Why the thread is about to exit. */
  on(event: 'error', listener: (cause: unknown) => void): unknown;
  /** Nothing comes any more: a thread exits, a port closes. */
  on(event: 'exit' | 'close', listener: () => void): unknown;
  ref(): void;
  unref(): void;
}

/** Somebody who waits for what becomes of a write. */
interface Waiting {
  readonly settle: (result: never) => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: CallStatusError) => void;
}

const ENDED = 'The thread that writes has ended; the next write starts another.';

/**
 * Sends writes to a committer: those of one turn of the event loop in one message. The process stays alive while there are any.
 * When the committer ends unasked, what has no answer is rejected, and the next write gets another committer.
 */
export class Writer {
  readonly #open: () => Channel;
  readonly #onWorkDue: () => void;
  #channel: Channel | undefined;
  #writes: unknown[] = [];
  /** Who waits for `#writes`. */
  #unsent: Waiting[] = [];
  /** Who waits for what was sent, by message. */
  readonly #sent: Waiting[][] = [];
  /** How many of the first message have their answer. */
  #answered = 0;
  #onEnd = () => {};

  constructor(open: () => Channel, onWorkDue: () => void) {
    this.#open = open;
    this.#onWorkDue = onWorkDue;
  }

  /**
   * Writes, and resolves when it is on the disk.
   *
   * @param settle makes of the result what the promise resolves to; called in the order of the writes
   * @throws CallStatusError and nothing was written
   */
  write<Name extends WriteName, Result>(
    name: Name,
    args: Parameters<Store[Name]>,
    settle: (result: ReturnType<Store[Name]>) => Result,
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#unsent.push({ settle, resolve, reject });
      if (this.#writes.push(name, args) === 2) setImmediate(() => this.#flush());
    });
  }

  /** Waits until everything is answered, and ends the committer. */
  async close(): Promise<void> {
    // Answers come in order.
    await this.write('renew', [[], 0], () => {}).catch(() => {});
    const channel = this.#channel;
    if (channel === undefined) return;
    const ended = new Promise<void>((resolve) => {
      this.#onEnd = resolve;
    });
    channel.ref();
    channel.postMessage(CLOSE);
    await ended;
  }

  #flush(): void {
    const writes = this.#writes;
    const waiting = this.#unsent;
    this.#writes = [];
    this.#unsent = [];
    this.#send(writes, waiting);
  }

  /** All in one message if it goes; if it does not, one by one, so that none fails for its neighbour. */
  #send(writes: readonly unknown[], waiting: Waiting[]): void {
    try {
      this.#channel ??= this.#connect();
      this.#channel.postMessage(writes);
    } catch (cause) {
      if (waiting.length === 1) waiting[0]?.reject(toInboxError(cause));
      else for (const [at, one] of waiting.entries()) this.#send(writes.slice(2 * at, 2 * at + 2), [one]);
      return;
    }
    if (this.#sent.push(waiting) === 1) this.#channel.ref();
  }

  #connect(): Channel {
    let cause: unknown;
    const channel = this.#open();
    channel.on('message', (outcomes) => this.#receive(channel, outcomes));
    channel.on('error', (error) => {
      cause = error;
    });
    for (const event of ['exit', 'close'] as const) channel.on(event, () => this.#end(cause));
    return channel;
  }

  #receive(channel: Channel, outcomes: Outcomes): void {
    if ('failed' in outcomes) {
      const { failed, code, details, cause } = outcomes;
      for (let count = 0; count < failed; count++) this.#next()?.reject(new CallStatusError(code, details, { cause }));
    } else {
      for (const result of outcomes.results) settle(this.#next() as Waiting, result);
      if (outcomes.isWorkDue) this.#onWorkDue();
    }
    if (this.#sent.length === 0) channel.unref();
  }

  /** Who is to get the next answer. */
  #next(): Waiting | undefined {
    const [message] = this.#sent;
    const next = message?.[this.#answered++];
    if (this.#answered === message?.length) {
      this.#sent.shift();
      this.#answered = 0;
    }
    return next;
  }

  #end(cause: unknown): void {
    this.#channel = undefined;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      next.reject(new CallStatusError('inbox_unavailable', { hint: ENDED }, { cause }));
    }
    this.#onEnd();
  }
}

function settle({ settle, resolve, reject }: Waiting, result: unknown): void {
  try {
    resolve(settle(result as never) as never);
  } catch (cause) {
    reject(toInboxError(cause));
  }
}
