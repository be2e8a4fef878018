import { type Board, originOf, serveBoard } from '@call-status/core/adapter';
import type { Request, RequestHandler } from 'express';
import { trustsProxy } from './trusts-proxy.ts';

export type { Board, BoardContext } from '@call-status/core/adapter';

/**
 * Mounts the board of `@call-status/board` in Express 4.17 and later, at the path of `app.use`. It answers everything under this path.
 *
 * @param board what `createBoard()` returned
 * @example
 * ```ts
 * import { type Board, boardMiddleware } from '@call-status/express';
 * import express from 'express';
 *
 * export const appWith = (board: Board) => express().use('/ops/calls', boardMiddleware(board));
 * ```
 */
export function boardMiddleware(board: Board): RequestHandler {
  return (req, res, next) => {
    const { originalUrl: url, baseUrl: mountPath, body: parsed }: Request = req;
    const exchange = { req, res, url, origin: () => originOf(req, () => trustsProxy(req)), parsed };
    serveBoard(board, exchange, { mountPath, frameworkRequest: req }).catch(next);
  };
}
