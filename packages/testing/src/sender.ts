import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Callback } from './callback/callback.ts';
import { sleep } from './real-time.ts';
import type { Delivery } from './scenario/delivery.ts';

/** The options of {@link callbackSender}. */
export interface CallbackSenderOptions {
  /** How many connections it keeps at most; more callbacks wait. @default 1 */
  readonly sockets?: number;
  /** How long the server may be silent, in milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  /** Called for the pauses of a slow body, in milliseconds. @default waits in real time */
  readonly wait?: (ms: number) => unknown;
}

/** Sends callbacks to a server over connections that it keeps. */
export interface CallbackSender {
  /**
   * Sends a callback, with the faults of its delivery; resolves to the status of the answer, or `undefined` if the connection was broken on
   * purpose.
   *
   * @throws Error of node when there is no answer, such as ECONNREFUSED, or ETIMEDOUT
   */
  send(delivery: Pick<Delivery, 'callback'> & Partial<Delivery>): Promise<number | undefined>;
  /** Closes its connections. */
  close(): void;
}

/**
 * Creates a sender of many callbacks. As with `send()`, the path and the `Host` are those of the callback.
 *
 * @param to the origin of the server; a path in it is ignored
 * @example
 * ```ts
 * import { exotel } from '@call-status/core';
 * import { callback, callbackSender } from '@call-status/testing';
 *
 * const sender = callbackSender('http://127.0.0.1:3000', { sockets: 20 });
 * const busy = callback(exotel, 'busy', { url: '/webhooks/exotel', token: 'test' });
 * const status = await sender.send({ callback: busy }).catch(() => undefined); // if nothing listens there
 * sender.close();
 * ```
 */
export function callbackSender(
  to: string | URL,
  { sockets = 1, timeoutMs = 30_000, wait = sleep }: CallbackSenderOptions = {},
): CallbackSender {
  const { protocol, hostname, port } = new URL(to);
  const { request, Agent } = protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: sockets, maxFreeSockets: sockets });
  const place = { agent, timeout: timeoutMs, host: hostname.replace(/^\[|\]$/g, ''), port };
  const open = (callback: Callback): ClientRequest =>
    request({ ...place, method: callback.method, path: callback.url, headers: headersOf(callback) });

  async function send({
    callback,
    faults = [],
    bodyMs = 0,
  }: Pick<Delivery, 'callback'> & Partial<Delivery>): Promise<number | undefined> {
    const { body } = callback;
    if (faults.includes('abort')) return brokenOff(open(callback), body);
    const req = open(callback);
    const answer = answerTo(req);
    // It may fail before it is waited for.
    answer.catch(() => {});
    if (bodyMs > 0) await trickle(req, body, bodyMs, wait);
    req.end(bodyMs > 0 ? undefined : body);
    try {
      return await answer;
    } catch (error) {
      // The server may close a kept connection at the moment when it is used again.
      if (!req.reusedSocket || (error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
      return answerTo(open(callback).end(body));
    }
  }

  return { send, close: () => agent.destroy() };
}

function headersOf({ method, origin, headers, body }: Callback): Record<string, string> {
  const host = origin.slice(origin.indexOf('://') + 3);
  const all = { host, ...headers };
  return method === 'GET' ? all : { ...all, 'content-length': String(body.length) };
}

function answerTo(req: ClientRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    req.on('timeout', () => req.destroy(Object.assign(new Error('ETIMEDOUT'), { code: 'ETIMEDOUT' })));
    req.on('error', reject).on('response', (res: IncomingMessage) => {
      res
        .on('error', reject)
        .on('end', () => resolve(res.statusCode as number))
        .resume();
    });
  });
}

/** Sends half of the body. */
function brokenOff(req: ClientRequest, body: Uint8Array): Promise<undefined> {
  return new Promise((resolve, reject) => {
    req.on('error', reject).on('close', () => resolve(undefined));
    req.flushHeaders();
    req.write(body.subarray(0, body.length / 2), () => {
      req.off('error', reject).on('error', () => {});
      req.destroy();
    });
  });
}

const PIECES = 8;

async function trickle(req: ClientRequest, body: Uint8Array, ms: number, wait: (ms: number) => unknown): Promise<void> {
  const size = Math.ceil(body.length / PIECES);
  for (let at = 0; at < body.length; at += size) {
    req.write(body.subarray(at, at + size));
    await wait(ms / PIECES);
  }
}
