import { once } from 'node:events';
import http, { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { CallbackRequest } from '@call-status/core';
import { fetchRequestOf, pairsOf } from './callback/convert.ts';
import { nextTurn } from './real-time.ts';

/**
 * A target for requests: an Express, Koa or Fastify application, a Node server or listener, a Fetch function, or the origin of a service that
 * runs, such as `http://127.0.0.1:3000`.
 */
export type App =
  | string
  | FetchFunction
  | { readonly fetch: FetchFunction }
  | NodeListener
  | NodeServer
  | { callback(): NodeListener }
  | { readonly server: NodeServer; ready(): PromiseLike<unknown> };

/** Answers a `Request`. `undefined` is answered with 404. */
export type FetchFunction = (request: Request) => Response | undefined | Promise<Response | undefined>;

/** Answers a Node request; it has at least two parameters. */
export type NodeListener = (
  // biome-ignore lint/suspicious/noExplicitAny: frameworks extend the types of node
  request: any,
  // biome-ignore lint/suspicious/noExplicitAny: see above
  response: any,
  ...more: never[]
) => unknown;

/** A server of node, listening or not. */
export interface NodeServer {
  emit(event: 'request', request: IncomingMessage, response: ServerResponse): boolean;
  address(): AddressInfo | string | null;
}

/** Options of {@link send}. */
export interface SendOptions {
  /** Ends a request that takes too long: `AbortSignal.timeout(5000)`. A Fetch function does not see it. @default none */
  readonly signal?: AbortSignal;
}

/**
 * Sends a callback to an application, over a real connection, and waits for the answer. If the target does not listen yet, it listens on an
 * ephemeral local port until the answer has arrived. The application sees the host of the callback's `url`; with `https:`, the connection
 * looks like TLS. A service that runs elsewhere sees the connection as it is, so give the callback the URL at which the service expects it.
 *
 * @param options.signal ends the request, which then rejects with the reason of the signal
 * @throws TypeError when the origin has a path, or is no URL; RangeError when the answer has more than 8 MiB
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { callStatusMiddleware, exotel } from '@call-status/express';
 * import { callback, send } from '@call-status/testing';
 * import express from 'express';
 *
 * const app = express().use('/hooks', callStatusMiddleware({ providers: [exotel({ token: 't' })] }));
 * const response = await send(app, callback(exotel, 'completed', { url: '/hooks', token: 't' }));
 * assert.equal(response.status, 200);
 * ```
 */
export async function send(app: App, callback: CallbackRequest, options: SendOptions = {}): Promise<Response> {
  const response = await answerOf(app, callback, options);
  // A receiver reports a refused callback after its answer.
  await nextTurn();
  return response;
}

async function answerOf(app: App, callback: CallbackRequest, options: SendOptions): Promise<Response> {
  const answer = await answererOf(app);
  if (answer.fetch !== undefined)
    return (await answer.fetch(fetchRequestOf(callback))) ?? new Response(null, NOT_FOUND);
  if (answer.origin !== undefined) return sendTo(answer.origin, callback, options);
  const isSecure = callback.origin.startsWith('https:');
  const server = createServer((req, res) => {
    if (isSecure) Object.assign(req.socket, { encrypted: true });
    answer.listener(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await sendTo(originOf(server), callback, options);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const NOT_FOUND = { status: 404 };

type Answerer =
  | { readonly fetch: FetchFunction; readonly origin?: undefined }
  | { readonly origin: URL; readonly fetch?: undefined }
  | {
      readonly listener: (request: IncomingMessage, response: ServerResponse) => unknown;
      readonly fetch?: undefined;
      readonly origin?: undefined;
    };

async function answererOf(app: App): Promise<Answerer> {
  if (typeof app === 'string') return { origin: parsed(app) };
  if (typeof app === 'function') {
    // An Express application has three parameters; a Fetch function has one.
    return app.length >= 2 ? { listener: app as NodeListener } : { fetch: app as FetchFunction };
  }
  if ('fetch' in app) return { fetch: (request) => app.fetch(request) };
  if ('callback' in app) return { listener: app.callback() };
  if ('ready' in app) await app.ready();
  const server = 'server' in app ? app.server : app;
  if (server.address() !== null) return { origin: originOf(server) };
  return { listener: (req, res) => server.emit('request', req, res) };
}

function parsed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('send() takes an application, or an origin such as http://127.0.0.1:3000.');
  }
  if (url.pathname + url.search !== '/') {
    throw new TypeError(
      `send() takes the path from the callback: pass send('${url.origin}', …), and the path to callback() as \`url\`.`,
    );
  }
  return url;
}

function originOf(server: Pick<NodeServer, 'address'>): URL {
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** Sends a request to a server. */
export async function sendTo(to: URL, callback: CallbackRequest, { signal }: SendOptions = {}): Promise<Response> {
  const { method, url, origin, headers, body = new Uint8Array() } = callback;
  const all = { host: origin.replace(/^https?:\/\//, ''), ...headers };
  const length = method === 'GET' ? {} : { 'content-length': String(body.length) };
  const { request } = to.protocol === 'https:' ? https : http;
  const req = request({
    // A connection of its own, which closes with it.
    agent: false,
    host: to.hostname.replace(/^\[|\]$/g, ''),
    port: to.port,
    method,
    path: url,
    signal,
    headers: { ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)), ...length },
  }).end(body);
  try {
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    const content = await contentOf(res);
    const { statusCode: status = 0 } = res;
    return new Response(EMPTY.has(status) ? null : content, { status, headers: pairsOf(res.headers) });
  } finally {
    req.destroy();
  }
}

/** The answer to a callback is short, or empty. */
const MOST_BYTES = 8 * 1024 * 1024;

async function contentOf(res: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of res as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new RangeError('The answer has more than 8 MiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Statuses that must not have a body in Fetch. */
const EMPTY: ReadonlySet<number> = new Set([204, 205, 304]);
