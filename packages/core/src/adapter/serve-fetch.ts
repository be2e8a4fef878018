import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2Stream } from 'node:http2';
import { CallStatusError } from '../errors.ts';
import { contentLength, readAlong } from './body.ts';

/** A request of Node's HTTP server, by HTTP/1 or HTTP/2, and what only the framework knows about it. */
export interface NodeExchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Path and query as on the request line, mount path included. */
  readonly url: string;
  /** Scheme and host as the framework sees them. */
  origin(): string;
  /** The body as an earlier parser left it. */
  readonly parsed?: unknown;
  /** Called before anything is written: from then on, the framework must not answer. */
  readonly onAnswer?: () => void;
}

/** A body of more bytes is refused. */
const MAX_BODY_BYTES = 262_144;

/**
 * Answers a request of Node's HTTP server with a handler of the Fetch API. Answers may be streams of any length. When the client
 * disconnects, the request's `signal` is aborted and the stream is canceled.
 *
 * @returns resolves when the answer is complete, or its client is gone
 * @throws what the handler throws: nothing has been written then, so that the framework can answer in its own way. When the stream of an
 * answer fails, the connection is closed
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { originOf, serveFetch } from '@call-status/core/adapter';
 *
 * createServer((req, res) => {
 *   const { url = '/' } = req;
 *   const exchange = { req, res, url, origin: () => originOf(req, () => false) };
 *   serveFetch(exchange, async (request) => new Response(request.url)).catch(() => res.writeHead(500).end());
 * });
 * ```
 */
export async function serveFetch(
  exchange: NodeExchange,
  handle: (request: Request) => Promise<Response>,
): Promise<void> {
  const { res, onAnswer = () => {} } = exchange;
  const gone = new AbortController();
  if (isGone(res)) return;
  res.once('close', () => gone.abort());
  const body = await bodyOf(exchange);
  const request = body instanceof CallStatusError ? undefined : toRequest(exchange, body, gone.signal);
  const response = request === undefined ? refusal(body) : await handle(request);
  if (gone.signal.aborted) {
    await response.body?.cancel();
    return;
  }
  onAnswer();
  writeHead(response, res);
  if (response.body === null || exchange.req.method === 'HEAD') {
    await response.body?.cancel();
    res.end();
  } else {
    await writeBody(response.body, res, gone.signal);
  }
}

/** Whether the client disconnected before. HTTP/2 tells it by the stream. */
function isGone(res: ServerResponse): boolean {
  const { stream } = res as { readonly stream?: Http2Stream };
  return stream?.destroyed ?? res.destroyed;
}

async function bodyOf(exchange: NodeExchange): Promise<Uint8Array | string | undefined | CallStatusError> {
  const { req, parsed } = exchange;
  if (req.method === 'GET' || req.method === 'HEAD') return undefined;
  // A parser that does not know the type leaves the stream as it is, and perhaps an empty object.
  if (req.readableEnded) return serialized(parsed);
  const body = await readAlong(req, contentLength(req), MAX_BODY_BYTES);
  // Drain the request so that the socket can be reused.
  req.resume();
  return body;
}

function serialized(parsed: unknown): Uint8Array | string | undefined {
  return parsed instanceof Uint8Array || typeof parsed === 'string' ? parsed : JSON.stringify(parsed);
}

/** `undefined` for what the Fetch API does not allow: a method such as TRACE, or a host that is no name. */
function toRequest(
  exchange: NodeExchange,
  body: Uint8Array | string | undefined,
  signal: AbortSignal,
): Request | undefined {
  const { req, url } = exchange;
  const headers = new Headers();
  try {
    for (const [name, values] of Object.entries(req.headers)) {
      // HTTP/2 has fields such as `:path`.
      if (!name.startsWith(':')) for (const value of [values].flat()) headers.append(name, String(value));
    }
    // A client without a host header names no host.
    const origin = exchange.origin();
    const base = new URL(URL.canParse(origin) ? origin : 'http://localhost').origin;
    // The Fetch API takes no bytes of shared memory.
    const content = body instanceof Uint8Array ? new Uint8Array(body) : (body ?? null);
    return new Request(base + pathOf(url), { method: String(req.method), headers, body: content, signal });
  } catch {
    return undefined;
  }
}

/** The request line may contain the whole URL. */
function pathOf(url: string): string {
  return url.replace(/^(?:https?:\/\/[^/?#]*)?\/?/i, '/');
}

function refusal(body: unknown): Response {
  const isTooLarge = body instanceof CallStatusError && body.code === 'body_too_large';
  return new Response(null, { status: isTooLarge ? 413 : 400 });
}

/** These are up to the server, and an error in HTTP/2. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

function writeHead({ status, headers }: Response, res: ServerResponse): void {
  res.statusCode = status;
  for (const [name, value] of headers) {
    if (!OF_THE_CONNECTION.has(name) && name !== 'set-cookie') res.setHeader(name, value);
  }
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) res.setHeader('set-cookie', cookies);
}

async function writeBody(body: ReadableStream<Uint8Array>, res: ServerResponse, gone: AbortSignal): Promise<void> {
  const reader = body.getReader();
  // This also ends the read that is waiting for the next chunk.
  gone.addEventListener('abort', () => void reader.cancel().catch(() => {}));
  // A client that takes nothing more must not keep the connection of a stream that has failed.
  reader.closed.catch(() => res.destroy());
  // The first chunk of an event stream may come much later.
  res.flushHeaders();
  try {
    for (let next = await reader.read(); !next.done && !gone.aborted; next = await reader.read()) {
      if (!res.write(next.value)) await drained(res, gone);
    }
    res.end();
  } catch (error) {
    res.destroy();
    throw error;
  }
}

/** Waits until the client has taken what was written, or is gone. */
function drained(res: ServerResponse, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      res.off('drain', settle);
      gone.removeEventListener('abort', settle);
      resolve();
    };
    res.on('drain', settle);
    gone.addEventListener('abort', settle);
  });
}
