import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { CallStatusError, ErrorCode, ErrorDetails } from '@call-status/core';
import type { Connection } from './connection.ts';
import type { Gate } from './gate.ts';
import type { Store } from './store.ts';

/** What a store does inside a transaction. */
export type WriteName =
  | 'record'
  | 'take'
  | 'renew'
  | 'beginWork'
  | 'endCall'
  | 'forgetCall'
  | 'finish'
  | 'fail'
  | 'release'
  | 'replay'
  | 'replayStep'
  | 'discard'
  | 'sweep';

/** What the committer gets: of each write its name and its arguments, one after the other. Flat, because each object costs. */
export type Writes = readonly (WriteName | readonly unknown[])[];

/** Tells the committer to close its connection; nothing comes after it. */
export const CLOSE = 'close';

/** What the committer answers: what became of the next writes, in the order in which they came. */
export type Outcomes = Committed | Failed;

interface Committed {
  readonly results: readonly unknown[];
  /** Work became due, and was not taken. */
  readonly isWorkDue: boolean;
}

/** Nothing of so many writes was written. */
interface Failed {
  readonly failed: number;
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly cause: unknown;
}

/** How it commits. */
export interface CommitterOptions {
  readonly groupCommit: boolean;
  readonly busyTimeoutMs: number;
}

interface Write {
  readonly name: WriteName;
  readonly args: readonly unknown[];
  /** When it is too late to wait for another program's lock. */
  readonly deadline: number;
}

/** How long to wait before the next attempt when another program locks the file. */
const LOCKED_PAUSE_MS = 20;

/**
 * Writes what comes through a port, and answers when it is on the disk. All that came while it wrote shares the next transaction,
 * and so one fsync (group commit).
 */
export class Committer {
  readonly #port: MessagePort;
  readonly #connection: Connection;
  readonly #gate: Gate;
  readonly #options: CommitterOptions;
  #writes: Write[] = [];
  /** How many of the next ones are written one by one, because together they failed. */
  #alone = 0;
  #isWaiting = false;

  constructor(port: MessagePort, connection: Connection, gate: Gate, options: CommitterOptions) {
    this.#port = port;
    this.#connection = connection;
    this.#gate = gate;
    this.#options = options;
    port.on('message', (message) => {
      this.#receive(message);
      for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port)) {
        this.#receive(more.message);
      }
      if (!this.#isWaiting) this.#work();
    });
  }

  #receive(message: Writes | typeof CLOSE): void {
    if (message === CLOSE) {
      this.#guarded(() => {
        this.#connection.checkpoint();
        this.#connection.close();
      });
      this.#port.close();
      return;
    }
    const deadline = performance.now() + this.#options.busyTimeoutMs;
    for (let at = 0; at < message.length; at += 2) {
      this.#writes.push({ name: message[at] as WriteName, args: message[at + 1] as readonly unknown[], deadline });
    }
  }

  #work(): void {
    while (this.#writes.length > 0 && !this.#isWaiting) this.#guarded(() => this.#commitNext());
  }

  /** A process that exits waits for this, and for nothing that comes after it. */
  #guarded(run: () => void): void {
    this.#gate.enter();
    try {
      run();
    } finally {
      this.#gate.leave();
    }
  }

  /** Commits all there is together if it goes; if it does not, one by one, so that none fails for its neighbour. */
  #commitNext(): void {
    const isTogether = this.#options.groupCommit && this.#alone === 0;
    const group = isTogether ? this.#writes : this.#writes.slice(0, 1);
    try {
      this.#answer(group.length, this.#commit(group));
    } catch (cause) {
      const error = this.#connection.failed(cause);
      if (error.code === 'inbox_locked') this.#wait(error);
      else if (group.length > 1) this.#alone = group.length;
      else this.#refuse(1, error);
    }
  }

  /** Nobody hears of a result before it is on the disk. */
  #commit(group: readonly Write[]): Committed {
    const store = this.#connection.store();
    store.begin();
    try {
      const results = group.map((write) => run(store, write));
      store.commit();
      return { results, isWorkDue: store.isWorkDue };
    } catch (error) {
      store.rollback();
      throw error;
    }
  }

  /** Tries again soon, in the same order; what has waited for too long is refused. */
  #wait(error: CallStatusError): void {
    const now = performance.now();
    const expired = this.#writes.filter(({ deadline }) => deadline <= now).length;
    if (expired > 0) this.#refuse(expired, error);
    if (this.#writes.length === 0) return;
    this.#isWaiting = true;
    setTimeout(() => {
      this.#isWaiting = false;
      this.#work();
    }, LOCKED_PAUSE_MS);
  }

  #refuse(failed: number, { code, details, cause }: CallStatusError): void {
    this.#answer(failed, { failed, code, details, cause });
  }

  #answer(count: number, outcomes: Outcomes): void {
    this.#writes = this.#writes.slice(count);
    this.#alone = Math.max(0, this.#alone - count);
    this.#port.postMessage(outcomes);
  }
}

function run(store: Store, { name, args }: Write): unknown {
  return (store as unknown as Record<WriteName, (...args: readonly unknown[]) => unknown>)[name](...args);
}
