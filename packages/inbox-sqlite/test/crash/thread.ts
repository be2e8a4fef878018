/**
 * The thread of the server that is killed: the inbox's own, with a disk that can be made full. The environment variable SYNCHRONOUS
 * replaces FULL.
 */
import { BroadcastChannel, type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type Database, loadEngine } from '../../src/database/engine.ts';
import { Connection } from '../../src/store/connection.ts';
import { CommitLoop } from '../../src/thread/commit-loop.ts';
import { ExitGate } from '../../src/thread/exit-gate.ts';
import type { ThreadData } from '../../src/thread/protocol.ts';

const { SYNCHRONOUS } = process.env;
const { path, gate: memory, opened, ...options } = workerData as ThreadData;

let isDiskFull = false;
let current: Database | undefined;

/** Limits the file to its current size: SQLite then reports a full disk. */
function limitSize(): void {
  current?.exec(`PRAGMA max_page_count = ${isDiskFull ? 1 : 1_000_000}`);
}

const gate = new ExitGate(memory);
const connection = new Connection(path, loadEngine(), {
  onOpen(db) {
    current = db;
    limitSize();
    if (SYNCHRONOUS !== undefined) db.exec(`PRAGMA synchronous = ${SYNCHRONOUS}`);
  },
});
connection.open({ create: false, waitMs: options.busyTimeoutMs });
opened.close();
gate.opened();
new CommitLoop(parentPort as MessagePort, connection, gate, options);

new BroadcastChannel('disk').onmessage = ({ data }) => {
  isDiskFull = data === 'full';
  limitSize();
};
