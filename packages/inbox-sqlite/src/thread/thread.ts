/** The thread of an inbox, which alone writes into the file: so the process does not wait for the disk. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { loadEngine } from '../database/engine.ts';
import { toInboxError } from '../database/errors.ts';
import { Connection } from '../store/connection.ts';
import { CommitLoop, type CommitLoopOptions } from './commit-loop.ts';
import { ExitGate } from './exit-gate.ts';
import type { Opened } from './start-thread.ts';

/** What the thread is started with. */
export interface ThreadData extends CommitLoopOptions {
  readonly path: string;
  readonly gate: SharedArrayBuffer;
  /** Where it says how the opening went. */
  readonly opened: MessagePort;
}

const { path, gate: memory, opened, ...options } = workerData as ThreadData;
const gate = new ExitGate(memory);
gate.enter();
const connection = new Connection(path, loadEngine());
opened.postMessage(open());
opened.close();
gate.opened();
gate.leave();
new CommitLoop(parentPort as MessagePort, connection, gate, options);

function open(): Opened {
  try {
    connection.open({ create: false, waitMs: options.busyTimeoutMs });
    return {};
  } catch (cause) {
    const { code, details, cause: why } = toInboxError(cause, path);
    return { error: { code, details, cause: why } };
  }
}
