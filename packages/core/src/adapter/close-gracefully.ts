import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Server } from 'node:net';
import { CallStatusError } from '../errors.ts';
import type { CloseOptions } from '../receiver/types.ts';
import { checkOptions, kindOf } from '../rules/check-options.ts';
import { DEADLINE } from '../rules/option-rules.ts';
import { clearInterval, clearTimeout, LONGEST_TIMER_MS, monotonicNow, setInterval, setTimeout } from '../timer.ts';

/** A server of `node:http`, `node:https` or `node:http2`: what `app.listen()` returns in Express and Koa. */
export type NodeServer = Server & { closeIdleConnections?(): void; closeAllConnections?(): void };

/** An application that owns its server, such as a Fastify instance. */
export interface ServerOwner {
  readonly server: NodeServer;
  /** Stops the server, then runs the application's own shutdown hooks. */
  close(): PromiseLike<unknown>;
}

/** The receiver that `createCallStatus()` returned; it is closed after the server. */
export interface Closable {
  close(options?: CloseOptions): Promise<void>;
}

/** How to close a server. */
export interface CloseGracefullyOptions {
  /**
   * How long closing may take, in milliseconds: at most half of it for the last requests, the rest for running handlers.
   * Kubernetes kills a process 30 seconds after its SIGTERM, systemd after 90, Docker after 10.
   * @default 20000
   */
  readonly deadlineMs?: number;
}

const DEFAULT_DEADLINE_MS = 20_000;
/** How long busy connections still get answers, each of which asks the client to close the connection. */
const LAST_REQUESTS_MS = 500;
const POLL_MS = 50;

const closing = new WeakMap<object, Promise<void>>();
const deadlines = new WeakMap<object, number>();

/**
 * Closes a server and its receiver within a deadline, even while clients keep their connections busy.
 *
 * For half a second, requests are still answered, each with `Connection: close`. Then the server stops listening and closes idle
 * connections, and after half of the deadline all others. `calls.close()` gets the time that is left. Call it on every signal: the
 * second call returns the promise of the first.
 *
 * @param server what `app.listen()` or `createServer()` returned; in Fastify, the Fastify instance
 * @param calls what `createCallStatus()` returned; not needed for a receiver that the Fastify plugin made
 * @throws CallStatusError `invalid_options`: at once for another server or receiver; for the options, after everything was closed with the
 * default deadline. Rejects with what `calls.close()` rejects with, or the `close()` of the server's owner
 * @example
 * ```ts
 * import { callStatusMiddleware, closeGracefully, createCallStatus, exotel } from '@call-status/express';
 * import express from 'express';
 *
 * const calls = createCallStatus({ providers: [exotel({ token: process.env.EXOTEL_TOKEN! })] });
 * const server = express().use('/webhooks/voice', callStatusMiddleware(calls)).listen(3000);
 * process.on('SIGTERM', () => closeGracefully(server, calls).then(() => process.exit()));
 * ```
 */
export function closeGracefully(
  server: NodeServer | ServerOwner,
  calls?: Closable,
  options: CloseGracefullyOptions = {},
): Promise<void> {
  checkArguments(server, calls);
  let closed = closing.get(server);
  if (closed === undefined) {
    closed = closeAsAsked(server, calls, options);
    closing.set(server, closed);
  }
  return closed;
}

/** This runs at a signal, when events are waiting: invalid options are an error only after everything is closed with the default. */
async function closeAsAsked(
  server: NodeServer | ServerOwner,
  calls: Closable | undefined,
  options: CloseGracefullyOptions,
): Promise<void> {
  try {
    checkOptions<CloseGracefullyOptions>('closeGracefully(server, calls, options)', options, { deadlineMs: DEADLINE });
  } catch (error) {
    await close(server, calls, DEFAULT_DEADLINE_MS);
    throw error;
  }
  const { deadlineMs = DEFAULT_DEADLINE_MS } = options;
  await close(server, calls, Math.min(deadlineMs, LONGEST_TIMER_MS));
}

/**
 * How much time is left for `calls.close()`: the rest of the deadline if the server is being closed gracefully, else the default.
 * @example
 * ```ts
 * import type { Server } from 'node:http';
 * import type { Receiver } from '@call-status/core';
 * import { timeToClose } from '@call-status/core/adapter';
 *
 * export const closeWith = (server: Server, calls: Receiver) => calls.close(timeToClose(server));
 * ```
 */
export function timeToClose(server: NodeServer): CloseOptions {
  const deadline = deadlines.get(server);
  return deadline === undefined ? {} : { deadlineMs: timeUntil(deadline) };
}

/** The usual mistakes are an application of Express or Koa instead of its server, and swapped arguments. */
function checkArguments(server: unknown, calls: unknown): void {
  const issues: string[] = [];
  if (!isServer(server))
    issues.push(`server: pass what app.listen() returned, or a Fastify instance; got ${kindOf(server)}.`);
  if (calls !== undefined && !hasMethods(calls, 'close'))
    issues.push(`calls: pass what createCallStatus() returned; got ${kindOf(calls)}.`);
  if (issues.length > 0) throw new CallStatusError('invalid_options', { issues });
}

function isServer(value: unknown): boolean {
  const { server = value } = Object(value) as Partial<ServerOwner>;
  return hasMethods(value, 'close') && hasMethods(server, 'close', 'prependListener');
}

function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return names.every((name) => typeof Object(value)[name] === 'function');
}

async function close(given: NodeServer | ServerOwner, calls: Closable | undefined, deadlineMs: number): Promise<void> {
  const [server, owner] = 'server' in given ? [given.server, given] : [given, undefined];
  const deadline = monotonicNow() + deadlineMs;
  deadlines.set(server, deadline);
  server.prependListener('request', answerLast);
  // A signal may come before the server listens.
  server.on('listening', () => server.close());
  await new Promise((resolve) => setTimeout(resolve, Math.min(LAST_REQUESTS_MS, deadlineMs / 4)));
  const stopped = stopWithin(server, timeUntil(deadline - deadlineMs / 2));
  const ended = owner === undefined ? server.close() : owner.close();
  const receiverClosed = stopped.then(() => calls?.close({ deadlineMs: timeUntil(deadline) }));
  await Promise.all([receiverClosed, within(timeUntil(deadline), ended)]);
}

/** Tells the client that this is the last request on its connection. */
function answerLast(req: IncomingMessage | Http2ServerRequest, res: ServerResponse): void {
  if ('stream' in req) req.stream.session?.close();
  else res.setHeader('connection', 'close');
}

/** Resolves once a closing server has no connections left. Closes idle ones at once, and all others when the time is up. */
async function stopWithin(server: NodeServer, milliseconds: number): Promise<void> {
  const closed = new Promise((resolve) => server.once('close', resolve));
  // A connection becomes idle again after an answer that began before the server was closed.
  const polling = setInterval(() => server.closeIdleConnections?.(), POLL_MS);
  await within(milliseconds, closed);
  clearInterval(polling);
  server.closeAllConnections?.();
}

function timeUntil(moment: number): number {
  return Math.max(0, Math.floor(moment - monotonicNow()));
}

/** Settles like the given promise, or resolves when the time is up. */
async function within(milliseconds: number, work: unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const isOver = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await Promise.race([work, isOver]);
  } finally {
    clearTimeout(timer);
  }
}
