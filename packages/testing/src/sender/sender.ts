import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Callback } from '../callback/callback.ts';
import { sleep } from '../real-time.ts';
import type { Delivery } from '../scenario/delivery.ts';
import { Connection, type Place, type WriteBody } from './connection.ts';

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
  const isSecure = protocol === 'https:';
  const place = {
    isSecure,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (isSecure ? 443 : 80),
    timeoutMs,
  };
  const pool = new Pool(place, sockets);

  async function send({
    callback,
    faults = [],
    bodyMs = 0,
  }: Pick<Delivery, 'callback'> & Partial<Delivery>): Promise<number | undefined> {
    const { body } = callback;
    const head = headOf(callback);
    const connection = await pool.take();
    try {
      if (faults.includes('abort')) {
        await connection.breakOff(head, body.subarray(0, body.length / 2));
        return undefined;
      }
      const { isUsed } = connection;
      const slowly = bodyMs > 0 ? trickle(body, bodyMs, wait) : undefined;
      return await connection.exchange(head, body, slowly).catch((error: NodeJS.ErrnoException) => {
        // The server may close a kept connection at the moment when it is used again.
        if (!isUsed || error.code !== 'ECONNRESET') throw error;
        return new Connection(place).exchange(closing(head), body);
      });
    } finally {
      pool.giveBack(connection);
    }
  }

  return { send, close: () => pool.close() };
}

/** Connections; each is used by one callback at a time. */
class Pool {
  readonly #place: Place;
  readonly #most: number;
  readonly #all = new Set<Connection>();
  readonly #free: Connection[] = [];
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(place: Place, most: number) {
    this.#place = place;
    this.#most = most;
  }

  async take(): Promise<Connection> {
    if (this.#taken >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#taken++;
    for (let kept = this.#free.pop(); kept !== undefined; kept = this.#free.pop()) if (kept.isOpen) return kept;
    const connection = new Connection(this.#place);
    this.#all.add(connection);
    return connection;
  }

  giveBack(connection: Connection): void {
    if (connection.isOpen) this.#free.push(connection);
    else this.#all.delete(connection);
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken--;
    else next();
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }
}

/** @throws TypeError for what HTTP does not allow in a path or a header */
function headOf({ method, url, origin, headers, body }: Callback): string {
  if (/[^\x21-\x7e]/.test(url))
    throw Object.assign(new TypeError('The path of a request has unescaped characters.'), {
      code: 'ERR_UNESCAPED_CHARACTERS',
    });
  const all: Record<string, string> = { host: origin.slice(origin.indexOf('://') + 3), ...headers };
  if (method !== 'GET') all['content-length'] = String(body.length);
  let head = `${method} ${url} HTTP/1.1\r\n`;
  for (const [name, value] of Object.entries(all)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    head += `${name}: ${value}\r\n`;
  }
  return `${head}connection: keep-alive\r\n\r\n`;
}

/** For a connection that is used once. */
function closing(head: string): string {
  return head.replace('connection: keep-alive\r\n', 'connection: close\r\n');
}

const PIECES = 8;

function trickle(body: Uint8Array, ms: number, wait: (ms: number) => unknown): WriteBody {
  const size = Math.ceil(body.length / PIECES);
  return async (write) => {
    for (let at = 0; at < body.length; at += size) {
      write(body.subarray(at, at + size));
      await wait(ms / PIECES);
    }
  };
}
