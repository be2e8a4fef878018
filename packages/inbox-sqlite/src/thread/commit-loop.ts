import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { CallStatusError } from '@call-status/core';
import type { Now } from '../database/clock.ts';
import type { Connection } from '../store/connection.ts';
import type { Store } from '../store/store.ts';
import type { ExitGate } from './exit-gate.ts';
import { HeldLeases } from './held-leases.ts';
import {
  CLOSE,
  type CommitOptions,
  type Committed,
  type Outcomes,
  type Ping,
  PONG,
  type WriteName,
  type Writes,
} from './protocol.ts';

interface Write {
  readonly name: WriteName;
  readonly args: readonly unknown[];
  readonly now: Now | undefined;
  /** Until when to wait for another program's lock. */
  deadline: number;
}

/** The pause before the next attempt while another program locks the file. A busy one frees it for short moments. */
const LOCKED_PAUSE_MS = 5;

/** How long pending writes may wait for another program's lock once the inbox is closed. */
const CLOSING_MS = 1000;

/**
 * Performs the writes that arrive on a port, and answers when they are on disk. All that arrive during a transaction share the next one, and
 * so one fsync (group commit).
 */
export class CommitLoop {
  readonly #port: MessagePort;
  readonly #connection: Connection;
  readonly #gate: ExitGate;
  readonly #options: CommitOptions;
  readonly #held: HeldLeases;
  #writes: Write[] = [];
  /** How many of the next writes are committed one by one, because they failed together. */
  #alone = 0;
  #isWaiting = false;
  #isClosing = false;

  constructor(port: MessagePort, connection: Connection, gate: ExitGate, options: CommitOptions) {
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
      if (!this.#isWaiting) this.#commitAll();
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

  #commitAll(): void {
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

  /** An exiting process waits for this step, and for none after it. */
  #guarded(run: () => void): void {
    this.#gate.enter();
    try {
      run();
    } finally {
      this.#gate.leave();
    }
  }

  /** Commits all writes together. If that fails, commits them one by one, so that none fails because of another. */
  #commitNext(): void {
    const isTogether = this.#options.groupCommit && this.#alone === 0;
    const group = isTogether ? this.#writes : this.#writes.slice(0, 1);
    try {
      this.#answer(group.length, this.#commit(group));
    } catch (cause) {
      const error = this.#connection.failed(cause);
      if (error.code === 'inbox_locked') this.#wait(error);
      else if (group.length > 1 && error.code !== 'inbox_replaced') this.#alone = group.length;
      else this.#reject(group.length, error);
    }
  }

  /** Results are reported once they are on disk, in the file that the next start will find. */
  #commit(group: readonly Write[]): Committed {
    const store = this.#connection.store();
    const now = store.now(undefined);
    const begun = performance.now();
    const results = this.#transact(store, () => group.map((write) => run(store, write, now)));
    this.#connection.requireSame();
    // So that erased data is gone from the -wal as well.
    if (group.some(({ name }) => name === 'eraseStep')) store.checkpoint();
    for (const [at, { name, args, now }] of group.entries()) this.#held.follow(name, args, results[at], now);
    return { results, isWorkDue: store.isWorkDue, ms: performance.now() - begun };
  }

  #transact<T>(store: Store, run: () => T): T {
    store.begin();
    try {
      const result = run();
      store.commit();
      return result;
    } catch (error) {
      store.rollback();
      throw error;
    }
  }

  /** Renews leases for a process that cannot do it now. A failure is retried the next time. */
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

  /** Retries soon, in the same order. Writes that have waited too long are rejected. */
  #wait(error: CallStatusError): void {
    const now = performance.now();
    const expired = this.#writes.filter(({ deadline }) => deadline <= now).length;
    if (expired > 0) this.#reject(expired, error);
    if (this.#writes.length === 0) return;
    this.#isWaiting = true;
    setTimeout(() => {
      this.#isWaiting = false;
      this.#commitAll();
    }, LOCKED_PAUSE_MS);
  }

  #reject(failed: number, { code, details, cause }: CallStatusError): void {
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
