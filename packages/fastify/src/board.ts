import { type Board, boardPath, originOf, serveBoard } from '@call-status/core/adapter';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { trustsProxy } from './trusts-proxy.ts';

export type { Board, BoardContext } from '@call-status/core/adapter';

/** The options of {@link boardPlugin}. */
export interface BoardPluginOptions {
  /** What `createBoard()` of `@call-status/board` returned. Its streams end when Fastify closes. */
  readonly board: Board & { readonly close?: () => unknown };
  /**
   * The path of the board, after the `prefix` if there is one.
   * @default all paths under the prefix
   */
  readonly path?: string;
}

/**
 * Mounts the board of `@call-status/board` in Fastify 5. It answers everything under its path.
 *
 * @throws CallStatusError `invalid_options`, when Fastify loads the plugin
 * @example
 * ```ts
 * import { type Board, boardPlugin } from '@call-status/fastify';
 * import Fastify from 'fastify';
 *
 * export const appWith = (board: Board) => Fastify().register(boardPlugin, { path: '/ops/calls', board });
 * ```
 */
export const boardPlugin: FastifyPluginAsync<BoardPluginOptions> = async (scope, options) => {
  const { board } = options;
  const own = boardPath('boardPlugin', options, ['board', 'prefix', 'logLevel', 'logSerializers']);
  // By segments: the prefix may have parameters, and Fastify may ignore the case of letters.
  const depth = `${scope.prefix}${own}`.split('/').filter(Boolean).length + 1;
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { raw: req, url, body: parsed } = request;
    const onAnswer = (): void => {
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        reply.raw.setHeader(name, value as string | string[]);
      }
    };
    const origin = (): string => originOf(req, () => trustsProxy(request));
    const [pathname = ''] = url.split('?');
    const mountPath = pathname.split('/').slice(0, depth).join('/');
    const exchange = { req, res: reply.raw, url, origin, parsed, onAnswer };
    await serveBoard(board, exchange, { mountPath, frameworkRequest: request });
  };
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  scope.addHook('preClose', async () => board.close?.());
  for (const url of [own || '/', `${own}/*`]) scope.all(url, answer);
};
