import { CallStatusError } from '@call-status/core';
import type { Now } from '../database/clock.ts';
import { toInboxError } from '../database/errors.ts';
import type { Store } from '../store/store.ts';
import { clearTimeout, setImmediate, setTimeout } from '../timers.ts';
import { CLOSE, type Outcomes, PONG, type WriteName } from './commit-loop.ts';

/** The way to a committer: a thread, or in tests a port. */
export interface WritingThread {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (outcomes: Outcomes) => void): unknown;
  /** Why the thread is about to exit. */
  on(event: 'error', listener: (cause: unknown) => void): unknown;
  /** Nothing comes any more: a thread exits, a port closes. */
  on(event: 'exit' | 'close', listener: () => void): unknown;
  ref(): void;
  unref(): void;
}

/**
 * Opens a channel.
 *
 * @param waits whether to block this thread until the committer has opened the file, or could not
 */
export type StartThread = (waits: boolean) => WritingThread;

/** The arguments of an operation of the store, without the time. */
export type Arguments<Name extends WriteName> =
  Parameters<Store[Name]> extends [...infer Args, Now] ? Args : Parameters<Store[Name]>;

/** A caller that waits for the result of a write. */
interface Waiting {
  readonly settle: (result: never) => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: CallStatusError) => void;
}

const ENDED = 'The thread that writes has ended; the next write starts another.';

/** A disk that hangs may keep the committer; `close()` does not wait longer. */
const LONGEST_CLOSING_MS = 5000;

/**
 * Sends writes to a committer: those of one turn of the event loop in one message. The process stays alive while there are any.
 * When the committer ends unasked, what has no answer is rejected, and the next write gets another committer.
 */
export class WriteQueue {
  readonly #path: string;
  readonly #open: StartThread;
  readonly #onWorkDue: () => void;
  #channel: WritingThread | undefined;
  #writes: unknown[] = [];
  /** Who waits for `#writes`. */
  #unsent: Waiting[] = [];
  /** Who waits for what was sent, by message. */
  readonly #sent: Waiting[][] = [];
  /** How many of the first message have their answer. */
  #answered = 0;
  #onEnd = () => {};

  constructor(path: string, open: StartThread, onWorkDue: () => void) {
    this.#path = path;
    this.#open = open;
    this.#onWorkDue = onWorkDue;
  }

  /**
   * Starts the committer, and waits until it has opened the file.
   *
   * @throws CallStatusError when it cannot
   */
  start(): void {
    this.#channel ??= this.#connect(true);
  }

  /**
   * Writes, and resolves when it is on the disk.
   *
   * @param settle makes of the result what the promise resolves to; called in the order of the writes
   * @throws CallStatusError and it may have been written only if the answer was lost
   */
  write<Name extends WriteName, Result>(
    name: Name,
    args: Arguments<Name>,
    now: Now | undefined,
    settle: (result: ReturnType<Store[Name]>) => Result,
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#unsent.push({ settle, resolve, reject });
      if (this.#writes.push(name, args, now) === 3) setImmediate(() => this.#flush());
    });
  }

  /** Waits until everything is answered, though not for ever, and ends the committer. */
  async close(): Promise<void> {
    this.#flush();
    const channel = this.#channel;
    if (channel === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const ended = new Promise<void>((resolve) => {
      this.#onEnd = resolve;
      timer = setTimeout(resolve, LONGEST_CLOSING_MS);
    });
    channel.ref();
    channel.postMessage(CLOSE);
    await ended;
    clearTimeout(timer);
    channel.unref();
  }

  #flush(): void {
    const writes = this.#writes;
    const waiting = this.#unsent;
    if (waiting.length === 0) return;
    this.#writes = [];
    this.#unsent = [];
    this.#send(writes, waiting);
  }

  /** All in one message if it goes; if it does not, one by one, so that none fails for its neighbor. */
  #send(writes: readonly unknown[], waiting: Waiting[]): void {
    try {
      this.#channel ??= this.#connect(false);
      this.#channel.postMessage(writes);
    } catch (cause) {
      if (waiting.length === 1) waiting[0]?.reject(toInboxError(cause, this.#path));
      else for (const [at, one] of waiting.entries()) this.#send(writes.slice(3 * at, 3 * at + 3), [one]);
      return;
    }
    if (this.#sent.push(waiting) === 1) this.#channel.ref();
  }

  #connect(waits: boolean): WritingThread {
    let cause: unknown;
    const channel = this.#open(waits);
    channel.on('message', (outcomes) => this.#receive(channel, outcomes));
    channel.on('error', (error) => {
      cause = error;
    });
    for (const event of ['exit', 'close'] as const) channel.on(event, () => this.#end(cause));
    channel.unref();
    return channel;
  }

  #receive(channel: WritingThread, outcomes: Outcomes): void {
    if ('ping' in outcomes) {
      channel.postMessage(PONG);
      return;
    }
    if ('failed' in outcomes) {
      const { failed, code, details, cause } = outcomes;
      for (let count = 0; count < failed; count++) this.#next()?.reject(new CallStatusError(code, details, { cause }));
    } else {
      for (const result of outcomes.results) this.#settle(this.#next() as Waiting, result);
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

  #settle({ settle, resolve, reject }: Waiting, result: unknown): void {
    try {
      resolve(settle(result as never) as never);
    } catch (cause) {
      reject(toInboxError(cause, this.#path));
    }
  }

  #end(cause: unknown): void {
    this.#channel = undefined;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      next.reject(new CallStatusError('inbox_unavailable', { path: this.#path, hint: ENDED }, { cause }));
    }
    this.#onEnd();
  }
}
