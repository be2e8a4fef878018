import { CallStatusError } from '@call-status/core';
import type { Now } from '../database/clock.ts';
import { toInboxError } from '../database/errors.ts';
import type { Store } from '../store/store.ts';
import { clearTimeout, setImmediate, setTimeout } from '../timers.ts';
import { CommitFigures } from './commit-figures.ts';
import { CLOSE, type Outcomes, PONG, type WriteName } from './protocol.ts';

/** The thread with the commit loop, or in tests a port to it. */
export interface WritingThread {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (outcomes: Outcomes) => void): unknown;
  /** Why the thread is about to exit. */
  on(event: 'error', listener: (cause: unknown) => void): unknown;
  /** No more messages: a thread exited, or a port closed. */
  on(event: 'exit' | 'close', listener: () => void): unknown;
  ref(): void;
  unref(): void;
}

/**
 * Starts a thread.
 *
 * @param waits whether to block until the thread has tried to open the file
 */
export type StartThread = (waits: boolean) => WritingThread;

/** The arguments of a store's operation, without the time. */
export type Arguments<Name extends WriteName> =
  Parameters<Store[Name]> extends [...infer Args, Now] ? Args : Parameters<Store[Name]>;

/** A write that waits for its result. */
interface Waiting {
  readonly settle: (result: never) => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: CallStatusError) => void;
}

const ENDED = 'The thread that writes has ended; the next write starts another.';

/** A disk that hangs may block the thread. `close()` does not wait longer than this. */
const LONGEST_CLOSING_MS = 5000;

/**
 * Sends writes to the thread: those of one turn of the event loop in one message. Pending writes keep the process alive.
 * When the thread ends unexpectedly, they are rejected, and the next write starts another thread.
 */
export class WriteQueue {
  readonly commits: CommitFigures = new CommitFigures();
  readonly #path: string;
  readonly #start: StartThread;
  readonly #onWorkDue: () => void;
  #thread: WritingThread | undefined;
  #writes: unknown[] = [];
  /** The entries for `#writes`. */
  #unsent: Waiting[] = [];
  /** The entries for sent writes, by message. */
  readonly #sent: Waiting[][] = [];
  /** How many writes of the first message have been answered. */
  #answered = 0;
  #onEnd = () => {};

  constructor(path: string, start: StartThread, onWorkDue: () => void) {
    this.#path = path;
    this.#start = start;
    this.#onWorkDue = onWorkDue;
  }

  /**
   * Starts the thread, and waits until it has opened the file.
   *
   * @throws CallStatusError when it cannot
   */
  start(): void {
    this.#thread ??= this.#connect(true);
  }

  /**
   * Queues a write. Resolves when it is on disk.
   *
   * @param settle converts the result; called in the order of the writes
   * @throws CallStatusError when it failed. It may be on disk only if its answer was lost
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

  /** Waits for pending writes, within limits, and ends the thread. */
  async close(): Promise<void> {
    this.#flush();
    const thread = this.#thread;
    if (thread === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const ended = new Promise<void>((resolve) => {
      this.#onEnd = resolve;
      timer = setTimeout(resolve, LONGEST_CLOSING_MS);
    });
    thread.ref();
    thread.postMessage(CLOSE);
    await ended;
    clearTimeout(timer);
    thread.unref();
  }

  #flush(): void {
    const writes = this.#writes;
    const waiting = this.#unsent;
    if (waiting.length === 0) return;
    this.#writes = [];
    this.#unsent = [];
    this.#send(writes, waiting);
  }

  /** Sends all in one message. If that fails, sends them one by one, so that none fails because of another. */
  #send(writes: readonly unknown[], waiting: Waiting[]): void {
    try {
      this.#thread ??= this.#connect(false);
      this.#thread.postMessage(writes);
    } catch (cause) {
      if (waiting.length === 1) waiting[0]?.reject(toInboxError(cause, this.#path));
      else for (const [at, one] of waiting.entries()) this.#send(writes.slice(3 * at, 3 * at + 3), [one]);
      return;
    }
    if (this.#sent.push(waiting) === 1) this.#thread.ref();
  }

  #connect(waits: boolean): WritingThread {
    let cause: unknown;
    const thread = this.#start(waits);
    thread.on('message', (outcomes) => this.#receive(thread, outcomes));
    thread.on('error', (error) => {
      cause = error;
    });
    for (const event of ['exit', 'close'] as const) thread.on(event, () => this.#end(cause));
    thread.unref();
    return thread;
  }

  #receive(thread: WritingThread, outcomes: Outcomes): void {
    if ('ping' in outcomes) {
      thread.postMessage(PONG);
      return;
    }
    if ('failed' in outcomes) {
      const { failed, code, details, cause } = outcomes;
      this.commits.failed();
      for (let count = 0; count < failed; count++) this.#next()?.reject(new CallStatusError(code, details, { cause }));
    } else {
      this.commits.done(outcomes.ms);
      for (const result of outcomes.results) this.#settle(this.#next() as Waiting, result);
      if (outcomes.isWorkDue) this.#onWorkDue();
    }
    if (this.#sent.length === 0) thread.unref();
  }

  /** The write that the next answer is for. */
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
    this.#thread = undefined;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      next.reject(new CallStatusError('inbox_unavailable', { path: this.#path, hint: ENDED }, { cause }));
    }
    this.#onEnd();
  }
}
