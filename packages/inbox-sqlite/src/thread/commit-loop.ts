import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { CallStatusError, ErrorCode, ErrorDetails } from '@call-status/core';
import type { Now } from '../database/clock.ts';
import type { Connection } from '../store/connection.ts';
import type { Store } from '../store/store.ts';
import type { ExitGate } from './exit-gate.ts';
import { HeldLeases } from './held-leases.ts';

/** What a store does inside a transaction. */
export type WriteName =
  | 'record'
  | 'take'
  | 'renew'
  | 'beginHandlers'
  | 'finish'
  | 'fail'
  | 'release'
  | 'replay'
  | 'replayStep'
  | 'discard'
  | 'endCall'
  | 'forgetCall'
  | 'eraseStep'
  | 'retain'
  | 'maySweep'
  | 'sweep';

/**
 * What the committer gets: of each write its name, its arguments, and the time if there is a clock, one after the other. Flat, because
 * each object costs.
 */
export type Writes = readonly (WriteName | readonly unknown[] | Now | undefined)[];

/** Tells the committer to close its connection; nothing comes after it. */
export const CLOSE = 'close';

/** The answer to a ping: the event loop on the other side is not blocked. */
export const PONG = 'pong';

/** What the committer answers: what became of the next writes, in the order in which they came. */
export type Outcomes = Committed | Failed | Ping;

interface Committed {
  readonly results: readonly unknown[];
  /** Work became due, and was not taken. */
  readonly isWorkDue: boolean;
}

/** Nothing of so many writes counts. */
interface Failed {
  readonly failed: number;
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly cause: unknown;
}

/** Asks for a sign of life. */
interface Ping {
  readonly ping: true;
}

/** How it commits. */
export interface CommitLoopOptions {
  readonly groupCommit: boolean;
  readonly busyTimeoutMs: number;
}

interface Write {
  readonly name: WriteName;
  readonly args: readonly unknown[];
  readonly now: Now | undefined;
  /** When it is too late to wait for another program's lock. */
  deadline: number;
}

/** How long to wait before the next attempt when another program locks the file: a busy one frees it for a moment at a time. */
const LOCKED_PAUSE_MS = 5;

/** How long what has no answer yet may wait for another program's lock once the inbox is closed. */
const CLOSING_MS = 1000;

/**
 * Writes what comes through a port, and answers when it is on the disk. All that came while it wrote shares the next transaction,
 * and so one fsync (group commit).
 */
export class CommitLoop {
  readonly #port: MessagePort;
  readonly #connection: Connection;
  readonly #gate: ExitGate;
  readonly #options: CommitLoopOptions;
  readonly #held: HeldLeases;
  #writes: Write[] = [];
  /** How many of the next ones are written one by one, because together they failed. */
  #alone = 0;
  #isWaiting = false;
  #isClosing = false;

  constructor(port: MessagePort, connection: Connection, gate: ExitGate, options: CommitLoopOptions) {
    this.#port = port;
    this.#connection = connection;
    this.#gate = gate;
    this.#options = options;
    this.#held = new HeldLeases({
      ping: () => port.postMessage({ ping: true } satisfies Ping),
      renew: (tokens, leaseMs, now) => this.#renew(tokens, leaseMs, now),
    });
    port.on('message', (message) => {
      this.#receive(message);
      for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port)) {
        this.#receive(more.message);
      }
      if (!this.#isWaiting) this.#work();
    });
  }

  #receive(message: Writes | typeof CLOSE | typeof PONG): void {
    this.#held.heard();
    if (message === PONG) return;
    const now = performance.now();
    if (message === CLOSE) {
      this.#isClosing = true;
      for (const write of this.#writes) write.deadline = Math.min(write.deadline, now + CLOSING_MS);
      return;
    }
    const deadline = now + this.#options.busyTimeoutMs;
    for (let at = 0; at < message.length; at += 3) {
      const [name, args, time] = message.slice(at, at + 3) as [WriteName, readonly unknown[], Now | undefined];
      this.#writes.push({ name, args, now: time, deadline });
    }
  }

  #work(): void {
    while (this.#writes.length > 0 && !this.#isWaiting) this.#guarded(() => this.#commitNext());
    if (this.#isClosing && this.#writes.length === 0) this.#close();
  }

  #close(): void {
    this.#held.clear();
    this.#guarded(() => {
      this.#connection.checkpoint();
      this.#connection.close();
    });
    this.#port.close();
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

  /** Commits all there is together if it goes; if it does not, one by one, so that none fails for its neighbor. */
  #commitNext(): void {
    const isTogether = this.#options.groupCommit && this.#alone === 0;
    const group = isTogether ? this.#writes : this.#writes.slice(0, 1);
    try {
      this.#answer(group.length, this.#commit(group));
    } catch (cause) {
      const error = this.#connection.failed(cause);
      if (error.code === 'inbox_locked') this.#wait(error);
      else if (group.length > 1 && error.code !== 'inbox_replaced') this.#alone = group.length;
      else this.#refuse(group.length, error);
    }
  }

  /** A result is told when it is on the disk, in the file that the next start will find. */
  #commit(group: readonly Write[]): Committed {
    const store = this.#connection.store();
    const now = store.now(undefined);
    const results = this.#transact(store, () => group.map((write) => run(store, write, now)));
    this.#connection.requireSame();
    // What was erased is also gone from the -wal then.
    if (group.some(({ name }) => name === 'eraseStep')) store.checkpoint();
    for (const [at, { name, args, now }] of group.entries()) this.#held.follow(name, args, results[at], now);
    return { results, isWorkDue: store.isWorkDue };
  }

  #transact<T>(store: Store, work: () => T): T {
    store.begin();
    try {
      const result = work();
      store.commit();
      return result;
    } catch (error) {
      store.rollback();
      throw error;
    }
  }

  /** The process has these leases, and cannot renew them now. What fails is tried again. */
  #renew(tokens: readonly string[], leaseMs: number, now: Now | undefined): readonly string[] {
    let lost: readonly string[] = [];
    this.#guarded(() => {
      try {
        const store = this.#connection.store();
        lost = this.#transact(store, () => store.renew(tokens, leaseMs, store.now(now)));
      } catch (cause) {
        this.#connection.failed(cause);
      }
    });
    return lost;
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

function run(store: Store, { name, args, now }: Write, hostNow: Now): unknown {
  const operations = store as unknown as Record<WriteName, (...args: readonly unknown[]) => unknown>;
  return operations[name](...args, now ?? hostNow);
}
