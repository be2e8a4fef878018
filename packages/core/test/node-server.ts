import { once } from 'node:events';
import { type ClientRequest, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createSecondServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { NodeRequest } from '../src/adapter/node-callback.ts';
import { receiveNode } from '../src/adapter/node-request.ts';
import type { CallbackReceiver, Receipt } from '../src/callback-request.ts';
import type { AnyCallStatusEvent } from '../src/event.ts';

export const silent = { info() {}, warn() {}, error() {} };
export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Starts a server of HTTP/1 or 2, and returns its port and what its first request made of it. */
export async function serve<T>(
  handle: (req: IncomingMessage, res: ServerResponse) => Promise<T>,
  version: 1 | 2 = 1,
): Promise<{ readonly port: number; readonly result: Promise<T> }> {
  let settle: (result: Promise<T>) => void;
  const result = new Promise<T>((resolve) => {
    settle = resolve;
  });
  const onRequest = (req: unknown, res: unknown): void => settle(handle(req as IncomingMessage, res as ServerResponse));
  const server = version === 1 ? createServer(onRequest) : createSecondServer(onRequest);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, result };
}

/** Sends the head, and then each piece of the body on its own. */
export async function post(
  port: number,
  pieces: readonly string[],
  headers: Record<string, string | number> = {},
): Promise<ClientRequest> {
  const req = request({ port, host: '127.0.0.1', method: 'POST', headers });
  req.on('error', () => {});
  req.flushHeaders();
  for (const piece of pieces) {
    await new Promise((resolve) => req.write(piece, resolve));
    await new Promise(setImmediate);
  }
  return req;
}

/** Receives a request as an adapter does; resolves to the receipt of what is answered. */
export function receive(
  receiver: CallbackReceiver,
  nodeRequest: NodeRequest,
): Promise<Receipt<AnyCallStatusEvent> | undefined> {
  return new Promise((answer, fail) =>
    receiveNode(receiver, nodeRequest, { accepted() {}, answer, passOn: () => answer(undefined), fail }),
  );
}

/** A request of node's as an adapter describes it. */
export function described(req: IncomingMessage, res: ServerResponse, more: Partial<NodeRequest> = {}): NodeRequest {
  const { method = '', headers } = req;
  const origin = (): string => 'http://localhost';
  return { req, res, method, headers, url: '/', origin, callbackOnly: true, frameworkRequest: req, ...more };
}
