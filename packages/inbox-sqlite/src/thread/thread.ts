/** The thread of an inbox. Only it writes to the file, so that the process does not wait for the disk. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { loadEngine } from '../database/engine.ts';
import { toInboxError } from '../database/errors.ts';
import { Connection } from '../store/connection.ts';
import { CommitLoop } from './commit-loop.ts';
import { ExitGate } from './exit-gate.ts';
import type { Opened, ThreadData } from './protocol.ts';

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
  } catch (error) {
    const { code, details, cause } = toInboxError(error, path);
    return { error: { code, details, cause } };
  }
}
