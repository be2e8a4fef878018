import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
  type WorkerOptions,
} from 'node:worker_threads';
import { CallStatusError, type ErrorCode, type ErrorDetails } from '@call-status/core';
import { ExitGate } from './exit-gate.ts';
import type { ThreadData } from './thread.ts';

/** What a thread says once it has tried to open the file. */
export interface Opened {
  /** Why it could not. */
  readonly error?: { readonly code: ErrorCode; readonly details: ErrorDetails; readonly cause: unknown };
}

/** How long to wait for a thread to open the file, beyond the time that a lock may take. */
const STARTING_MS = 10_000;

/** The gates of the threads that run. */
const gates = new Set<ExitGate>();

/**
 * Starts a thread that writes into a file.
 *
 * @param waits whether to block until it has opened the file
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

/** With `--input-type`, as in `node --input-type=module -e …`, Node starts no file. Without, no code: preloads might not run in it. */
function newWorker(file: URL, options: WorkerOptions): Worker {
  const isCode = process.execArgv.some((option) => option.startsWith('--input-type'));
  return isCode ? new Worker(`import(${JSON.stringify(file)})`, { ...options, eval: true }) : new Worker(file, options);
}

/** A thread that takes longer goes on by itself: what it cannot open, the first write tells. */
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
