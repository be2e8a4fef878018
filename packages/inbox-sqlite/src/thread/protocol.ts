import type { MessagePort } from 'node:worker_threads';
import type { CallStatusError, ErrorCode } from '@call-status/core';
import type { Now } from '../database/clock.ts';

/** The operations of a store that run in a transaction. */
export type WriteName =
  | 'record'
  | 'take'
  | 'renew'
  | 'beginHandlers'
  | 'finish'
  | 'fail'
  | 'release'
  | 'replay'
  | 'newestDeadLetter'
  | 'discard'
  | 'endCall'
  | 'forgetCall'
  | 'importCall'
  | 'eraseStep'
  | 'keepRefusals'
  | 'addWatches'
  | 'updateWatch'
  | 'removeWatch'
  | 'lead'
  | 'reportWorker'
  | 'removeWorker'
  | 'retain'
  | 'maySweep'
  | 'sweep';

/** Options of the commit loop. */
export interface CommitOptions {
  readonly groupCommit: boolean;
  readonly busyTimeoutMs: number;
}

/** The `workerData` of the thread. */
export interface ThreadData extends CommitOptions {
  readonly path: string;
  /** The memory of the exit gate. */
  readonly gate: SharedArrayBuffer;
  /** Where the thread reports whether it could open the file. */
  readonly opened: MessagePort;
}

/** What the thread reports once it has tried to open the file. */
export interface Opened {
  readonly error?: ErrorParts;
}

/** An error as it crosses to another thread. */
export type ErrorParts = Pick<CallStatusError, 'details' | 'cause'> & { readonly code: ErrorCode };

/** Writes to perform: for each its name, its arguments and a test's time. One flat list, because each object costs. */
export type Writes = readonly (WriteName | readonly unknown[] | Now | undefined)[];

/** Tells the commit loop to close its connection. No message follows it. */
export const CLOSE = 'close';

/** Answers a ping: the event loop of the process is not blocked. */
export const PONG = 'pong';

/** What the thread sends: the results of the next writes, in the order in which they arrived, or a ping. */
export type Outcomes = Committed | Failed | Ping;

/** The writes are on disk. */
export interface Committed {
  readonly results: readonly unknown[];
  /** Whether a job became due that was not taken. */
  readonly isWorkDue: boolean;
  /** How long the transaction took, with its write to disk. */
  readonly ms: number;
}

/** This many writes failed. */
export interface Failed extends ErrorParts {
  readonly failed: number;
}

/** Asks for a sign of life. */
export interface Ping {
  readonly ping: true;
}
