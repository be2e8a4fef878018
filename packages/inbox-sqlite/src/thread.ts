/** The thread of an inbox, which alone writes into the file: so the process does not wait for the disk. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Committer, type CommitterOptions } from './committer.ts';
import { Connection } from './connection.ts';
import { loadEngine } from './engine.ts';
import { Gate } from './gate.ts';

/** What the thread is started with. */
export interface ThreadData extends CommitterOptions {
  readonly path: string;
  readonly gate: SharedArrayBuffer;
}

const { path, gate: memory, ...options } = workerData as ThreadData;
const gate = new Gate(memory);
gate.enter();
const connection = new Connection(path, loadEngine());
gate.leave();
new Committer(parentPort as MessagePort, connection, gate, options);
