import { clientAddressOf } from './client-address.ts';
import { type NodeExchange, serveFetch } from './serve-fetch.ts';

/** What a mount needs of a board: that of `createBoard()` in `@call-status/board`. */
export interface Board {
  /** Answers a request; `context` says what only the framework knows. */
  handle(request: Request, context: BoardContext): Promise<Response>;
}

/** What only the framework knows about a request to a board. */
export interface BoardContext {
  /** The path at which the board is mounted, without a slash at its end; empty at the root. */
  readonly mountPath: string;
  /** The framework's request, with what other middlewares left there, such as a session. */
  readonly frameworkRequest: unknown;
  /** The address of the client, as the framework sees it; `serveBoard` adds it. */
  readonly clientAddress?: string | undefined;
}

/**
 * Answers a request of Node's HTTP server with a board.
 *
 * @throws what the board throws, as {@link serveFetch} does
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { type Board, originOf, serveBoard } from '@call-status/core/adapter';
 *
 * export const serverOf = (board: Board) =>
 *   createServer((req, res) => {
 *     const { url = '/' } = req;
 *     const exchange = { req, res, url, origin: () => originOf(req, () => false) };
 *     serveBoard(board, exchange, { mountPath: '', frameworkRequest: req }).catch(() => res.writeHead(500).end());
 *   });
 * ```
 */
export function serveBoard(board: Board, exchange: NodeExchange, context: BoardContext): Promise<void> {
  const clientAddress = clientAddressOf(exchange.req, context.frameworkRequest);
  return serveFetch(exchange, (request) => board.handle(request, { ...context, clientAddress }));
}
