import type { Row } from '../connection/session.ts';

/** The calls that a group of operations locks before it does anything. */
export interface Locks {
  /** By `calls.id`. */
  readonly calls: number[];
  /** By what identifies them. */
  readonly keys: CallKey[];
  /** Those of dead letters, by the ids of the events. */
  readonly deadLetters: string[];
}

/** What identifies a call. */
export interface CallKey {
  readonly provider: string;
  readonly tenant: string;
  readonly callId: string;
}

/** The open transaction of a group. */
export interface GroupTransaction {
  /** The time for tests; `null`: the database's own. */
  readonly now: number | null;
  /** The calls that the group has locked, by `calls.id`: all that it asked for, unless they were removed before it got the lock. */
  readonly locked: Promise<ReadonlySet<number>>;
  /** Sends a statement at once. The group fails with what it rejects with, whether it is awaited or not. */
  send(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Jobs became due; `false`: none are due any more. */
  workIsDue(isDue?: boolean): void;
}

/** What was sent, with the results to come, one for each argument. */
export interface Sent<Result> {
  readonly results: Promise<readonly Result[]>;
}

/** A kind of operation. Neighbors of one kind in a group run as one set of statements. */
export interface Operation<Arg, Result, Prepared = void> {
  /** Whether each runs by itself: `statement`, apart from its neighbors; `transaction`, also apart from all other kinds. */
  readonly runsAlone?: 'statement' | 'transaction';
  /** How many characters it sends, if they may be many. */
  lengthOf?(arg: Arg): number;
  /** Adds the calls that it changes. */
  lock?(arg: Arg, locks: Locks): void;
  /** Sends what must precede the lock, for all of this kind in the group. */
  prepare?(transaction: GroupTransaction, args: readonly Arg[]): Prepared;
  /** Sends the statements. Waits only for what it needs to decide. */
  run(transaction: GroupTransaction, args: readonly Arg[], prepared: Prepared): Sent<Result> | Promise<Sent<Result>>;
}

/** What a group fails with that found a call which it has not locked, or none where one was: it begins again. */
export function overtaken(): Error {
  return Object.assign(new Error('A call was removed, or has begun, while the group waited for its lock.'), {
    code: '40001',
  });
}
