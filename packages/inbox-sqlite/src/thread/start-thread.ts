import { existsSync, readFileSync } from 'node:fs';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
  type WorkerOptions,
} from 'node:worker_threads';
import { CallStatusError } from '@call-status/core';
import { ExitGate } from './exit-gate.ts';
import type { Opened, ThreadData } from './protocol.ts';

const NAME = '@call-status/inbox-sqlite';

const BUNDLED = [
  `This package was bundled, but its thread and its SQLite are separate files. Leave ${NAME} out of the bundle, and install it where the bundle runs:`,
  `Next.js: serverExternalPackages: ['${NAME}'];`,
  `esbuild: --external:${NAME};`,
  `webpack: externals: { '${NAME}': 'commonjs ${NAME}' }, or 'module ${NAME}' in an ES module;`,
  `Rollup and Rolldown: external: ['${NAME}'];`,
  `Vite: ssr: { external: ['${NAME}'] };`,
  `ncc: --external ${NAME}.`,
].join(' ');

/**
 * Finds the code of the thread.
 *
 * @param self the URL of the package's main module; `undefined` in a CommonJS bundle
 * @throws CallStatusError `inbox_unsupported` when the package was bundled
 */
export function threadFile(self: string | undefined): URL {
  // Not with `import.meta.url` in place: bundlers that recognize it copy this file, but not what it imports.
  const beside = (name: string) => (URL.canParse(name, self) ? new URL(name, self) : undefined);
  const thread = beside('./thread/thread.js');
  if (thread === undefined || !existsSync(thread) || !isOurs(beside('../package.json'))) {
    throw new CallStatusError('inbox_unsupported', { hint: BUNDLED });
  }
  return thread;
}

function isOurs(manifest: URL | undefined): boolean {
  try {
    return manifest !== undefined && JSON.parse(readFileSync(manifest, 'utf8')).name === NAME;
  } catch {
    return false;
  }
}

/** How long a thread may take to open the file, beyond waiting for a lock. */
const STARTING_MS = 10_000;

/** The gates of the running threads. */
const gates = new Set<ExitGate>();

/**
 * Starts a thread that writes to a file.
 *
 * @param waits whether to block until it has tried to open the file
 * @throws CallStatusError when it waits, and the file cannot be opened
 */
export function startThread(
  file: URL,
  { path, groupCommit, busyTimeoutMs }: Pick<ThreadData, 'path' | 'groupCommit' | 'busyTimeoutMs'>,
  waits: boolean,
): Worker {
  const memory = ExitGate.memory();
  const gate = new ExitGate(memory);
  const { port1, port2 } = new MessageChannel();
  const workerData: ThreadData = { path, groupCommit, busyTimeoutMs, gate: memory, opened: port2 };
  const worker = newWorker(file, { name: 'call-status inbox', workerData, transferList: [port2] });
  if (gates.size === 0) process.on('exit', shutGates);
  gates.add(gate);
  worker.on('exit', () => {
    gates.delete(gate);
    if (gates.size === 0) process.off('exit', shutGates);
  });
  worker.unref();
  if (waits) waitUntilOpen(worker, gate, port1, busyTimeoutMs + STARTING_MS);
  port1.close();
  return worker;
}

/** With `--input-type`, as in `node --input-type=module -e …`, a worker must be code. Otherwise it must be a file: preloads may not run in code. */
function newWorker(file: URL, options: WorkerOptions): Worker {
  const isCode = process.execArgv.some((option) => option.startsWith('--input-type'));
  return isCode ? new Worker(`import(${JSON.stringify(file)})`, { ...options, eval: true }) : new Worker(file, options);
}

/** A thread that takes longer continues by itself. If it cannot open the file, the first write reports it. */
function waitUntilOpen(worker: Worker, gate: ExitGate, port: MessagePort, timeoutMs: number): void {
  gate.waitUntilOpen(timeoutMs);
  const error = (receiveMessageOnPort(port)?.message as Opened | undefined)?.error;
  if (error === undefined) return;
  void worker.terminate();
  throw new CallStatusError(error.code, error.details, { cause: error.cause });
}

function shutGates(): void {
  for (const gate of gates) gate.shut();
}
