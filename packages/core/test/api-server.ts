import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request that came to an {@link ApiServer}. */
export interface ApiRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** The answer to a request: status, JSON or text, headers; or whatever the function does with the response. */
export type ApiAnswer =
  | {
      readonly status?: number;
      readonly json?: unknown;
      readonly text?: string;
      readonly headers?: Record<string, string>;
    }
  | ((res: ServerResponse) => void);

/** A provider's API on this machine. */
export interface ApiServer {
  /** For `api: { url }`. */
  readonly url: string;
  /** What came, in order. */
  readonly requests: readonly ApiRequest[];
  /** Resolves when this many requests have come. */
  came(count: number): Promise<void>;
}

/**
 * Starts an API on this machine; it ends with the test.
 *
 * @param answer what is answered to a request
 */
export async function apiServer(answer: (request: ApiRequest) => ApiAnswer): Promise<ApiServer> {
  const requests: ApiRequest[] = [];
  const server = createServer((req, res) => {
    const { pathname: path, searchParams: query } = new URL(req.url ?? '', 'http://localhost');
    const request = { path, query, headers: req.headers };
    requests.push(request);
    reply(res, answer(request));
    server.emit('came');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async came(count) {
      while (requests.length < count) await once(server, 'came');
    },
  };
}

function reply(res: ServerResponse, answer: ApiAnswer): void {
  if (typeof answer === 'function') {
    answer(res);
    return;
  }
  const { status = 200, json, text = JSON.stringify(json ?? {}), headers = {} } = answer;
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(text);
}
