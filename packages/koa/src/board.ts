import { type Board, boardPath, originOf, serveBoard } from '@call-status/core/adapter';
import type { Middleware, ParameterizedContext } from 'koa';

export type { Board, BoardContext } from '@call-status/core/adapter';

/** Where the board is, if nothing else mounts it. */
export interface BoardMiddlewareOptions {
  /**
   * The path of the board, such as `/ops/calls`; everything else is passed on. Not needed in koa-mount.
   * @default all paths
   */
  readonly path?: string;
}

/**
 * Mounts the board of `@call-status/board` in Koa 3, at a path of its own or with koa-mount. It answers everything under this path.
 *
 * @param board what `createBoard()` returned
 * @throws CallStatusError `invalid_options`
 * @example
 * ```ts
 * import { type Board, boardMiddleware } from '@call-status/koa';
 * import Koa from 'koa';
 *
 * export const appWith = (board: Board) => new Koa().use(boardMiddleware(board, { path: '/ops/calls' }));
 * ```
 */
export function boardMiddleware(board: Board, options: BoardMiddlewareOptions = {}): Middleware {
  const own = boardPath('boardMiddleware(board, options)', options);
  return async (ctx, next) => {
    if (ctx.path !== own && !ctx.path.startsWith(`${own}/`)) return next();
    const { req, res, originalUrl: url } = ctx;
    const { body: parsed } = ctx.request as { body?: unknown };
    const onAnswer = (): void => {
      ctx.respond = false;
    };
    const exchange = { req, res, url, origin: () => originOf(req, () => ctx.app.proxy), parsed, onAnswer };
    return serveBoard(board, exchange, { mountPath: outerPath(ctx) + own, frameworkRequest: ctx });
  };
}

/** What koa-mount has taken from the path, also several times: at exactly the path of a mount, it leaves a slash that was not there. */
function outerPath({ path, originalUrl }: ParameterizedContext): string {
  const [original = ''] = originalUrl.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/);
  return original.endsWith(path) ? original.slice(0, -path.length) : original;
}
