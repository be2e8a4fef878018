import type { Board } from './board.ts';
import { BoardServer } from './board-server.ts';
import { type BoardOptions, type BoardUser, checkBoardOptions } from './options.ts';

/**
 * Creates a board: a page that shows calls live, refused callbacks, dead letters, health and charts.
 *
 * @throws CallStatusError `invalid_options`; also without `auth`, unless `NODE_ENV` is `development` or `test`
 * @example
 * ```ts
 * import { basic, createBoard } from '@call-status/board';
 * import { createCallStatus, signalwire } from '@call-status/core';
 *
 * const calls = createCallStatus({ providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })] });
 * const board = createBoard({
 *   calls,
 *   auth: basic({ user: 'ops', password: process.env.BOARD_PASSWORD! }),
 *   can: (_request, user) => ({ view: true, replay: user === 'ops' }),
 * });
 *
 * export const fetch = (request: Request): Promise<Response> => board.handle(request, { mountPath: '/ops/calls' });
 * ```
 */
export function createBoard<User extends BoardUser = BoardUser>(options: BoardOptions<User>): Board {
  checkBoardOptions(options, process.env['NODE_ENV']);
  return new BoardServer(options);
}
