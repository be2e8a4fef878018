import { existsSync } from 'node:fs';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { CallStatusError } from '@call-status/core';
import { Gate } from './gate.ts';
import type { ThreadData } from './thread.ts';

/** The gates of the threads that run. */
const gates = new Set<Gate>();

const NOT_THERE =
  'The file of its thread is not beside its own: a bundler has to leave @call-status/inbox-sqlite out, and the package be installed.';

/**
 * Starts a thread that writes into a file.
 *
 * @throws CallStatusError `inbox_unsupported`
 */
export function startThread(file: URL, { path, groupCommit, busyTimeoutMs }: Omit<ThreadData, 'gate'>): Worker {
  const memory = Gate.memory();
  const gate = new Gate(memory);
  const workerData: ThreadData = { path, groupCommit, busyTimeoutMs, gate: memory };
  const worker = newWorker(file, { name: 'call-status inbox', workerData });
  if (gates.size === 0) process.on('exit', shutGates);
  gates.add(gate);
  worker.on('exit', () => {
    gates.delete(gate);
    if (gates.size === 0) process.off('exit', shutGates);
  });
  worker.unref();
  return worker;
}

/** With `--input-type`, as in `node --input-type=module -e …`, Node starts no file. Without, no code: preloads might not run in it. */
function newWorker(file: URL, options: WorkerOptions): Worker {
  const isCode = process.execArgv.some((option) => option.startsWith('--input-type'));
  return isCode ? new Worker(`import(${JSON.stringify(file)})`, { ...options, eval: true }) : new Worker(file, options);
}

function shutGates(): void {
  for (const gate of gates) gate.shut();
}

/**
 * Where the thread's code is.
 *
 * @param self where this code is; bundles of CommonJS do not know
 * @throws CallStatusError `inbox_unsupported` when this code was bundled without it
 */
export function threadFile(self: string | undefined): URL {
  const file = URL.canParse('./thread.js', self) ? new URL('./thread.js', self) : undefined;
  if (file === undefined || !existsSync(file)) throw new CallStatusError('inbox_unsupported', { hint: NOT_THERE });
  return file;
}
