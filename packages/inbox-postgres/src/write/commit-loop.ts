import { isLocked, isOfConnection, isTimeout, isWorthAnotherTry, toInboxError } from '../connection/errors.ts';
import type { Session } from '../connection/session.ts';
import { monotonicNow, setImmediate } from '../timers.ts';
import { CommitTimes } from './commit-times.ts';
import { type Committed, type GroupFailure, lockSql, type Request, runGroup } from './group.ts';
import type { Operation } from './operation.ts';

/** How many operations one transaction holds at most. */
const GROUP = 256;

/** How many characters it sends at most, unless it is one operation: large events must not make their neighbors wait too long. */
const LONGEST = 1_000_000;

/** How long each of its operations waits, once the group has waited in vain: most are about other calls. */
const SHORT_LOCK_MS = 50;

/** How often a group is tried that others are in the way of. */
const TRIES = 5;

interface Pending extends Request {
  /** It failed together with others, so it is a group of its own, and waits for a lock for so long, in milliseconds. */
  readonly aloneMs?: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What a loop needs. */
export interface LoopOptions {
  readonly schema: string;
  /** How long a group waits for a call that another transaction has locked, in milliseconds. */
  readonly lockMs: number;
  connect(): Promise<Session>;
  now(): number | null;
  /** After a commit that made jobs due. */
  workIsDue(): void;
  committed(): void;
}

/**
 * Writes on one connection. What is asked for while a group is under way is the next group, so operations take effect in the order in which
 * they were called. A result is told only after the commit.
 */
export class CommitLoop {
  readonly times: CommitTimes = new CommitTimes();
  readonly #options: LoopOptions;
  readonly #lock: string;
  readonly #queue: Pending[] = [];
  #session: Session | undefined;
  #running: Promise<void> | undefined;
  /** Whether the server cannot be reached, or does not answer. */
  #isAway = false;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#lock = lockSql(options.schema);
  }

  write<Arg, Result, Prepared>(operation: Operation<Arg, Result, Prepared>, arg: Arg): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#queue.push({ operation, arg, resolve: resolve as (result: unknown) => void, reject });
      this.#running ??= this.#run();
    });
  }

  /** Finishes what was asked for, and ends the connection. */
  async close(): Promise<void> {
    await this.#running;
    await this.#session?.end();
    this.#session = undefined;
  }

  async #run(): Promise<void> {
    // What is asked for in the same turn belongs to the first group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      await this.#settle(this.#queue.splice(0, this.#sizeOfGroup()));
    }
    this.#running = undefined;
  }

  #sizeOfGroup(): number {
    if (this.#queue[0]?.aloneMs !== undefined) return 1;
    const first = this.#queue[0]?.operation;
    let length = 0;
    const end = this.#queue.findIndex(({ operation, arg }, at) => {
      length += operation.lengthOf?.(arg) ?? 0;
      const isApart = operation !== first && [operation, first].some((each) => each?.runsAlone === 'transaction');
      return isApart || length > LONGEST || at === GROUP;
    });
    return end === -1 ? this.#queue.length : Math.max(1, end);
  }

  async #settle(group: readonly Pending[]): Promise<void> {
    const { lockMs } = this.#options;
    try {
      const { results, isWorkDue } = await this.#commit(group, group[0]?.aloneMs ?? lockMs);
      this.#options.committed();
      for (const [at, { resolve }] of group.entries()) resolve(results[at]);
      if (isWorkDue) this.#options.workIsDue();
    } catch (error) {
      // What cannot be stored, or waits for a lock, must not fail its neighbors.
      if (group.length > 1 && !isOfConnection(error) && !isWorthAnotherTry(error)) {
        const aloneMs = isLocked(error) ? SHORT_LOCK_MS : lockMs;
        this.#queue.unshift(...group.map((one) => ({ ...one, aloneMs })));
        return;
      }
      this.times.failed();
      // Those that wait for a server that is away would fill the memory, and keep newer ones waiting once it is back.
      const others = this.#isAway ? this.#queue.splice(0) : [];
      for (const { reject } of [...group, ...others]) reject(toInboxError(error));
    }
  }

  async #commit(group: readonly Pending[], lockMs: number): Promise<Committed> {
    for (let tried = 1; ; tried++) {
      this.#isAway = true;
      const session = await this.#connected();
      this.#isAway = false;
      const from = monotonicNow();
      try {
        const committed = await runGroup(session, group, { lock: this.#lock, lockMs, now: this.#options.now() });
        this.times.add(monotonicNow() - from);
        return committed;
      } catch (failure) {
        const { cause, isUnknown } = failure as GroupFailure;
        const isBroken = isOfConnection(cause);
        if (isBroken) this.#drop(session);
        this.#isAway = isTimeout(cause);
        // After a timeout, the server may still have the transaction, and its locks.
        const mayRepeat = isBroken
          ? tried === 1 && !isUnknown && !this.#isAway
          : isWorthAnotherTry(cause) && tried < TRIES;
        if (!mayRepeat) throw cause;
      }
    }
  }

  async #connected(): Promise<Session> {
    if (this.#session?.isBroken) this.#drop(this.#session);
    this.#session ??= await this.#options.connect();
    return this.#session;
  }

  #drop(session: Session): void {
    void session.end();
    this.#session = undefined;
  }
}
