import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type Board, originOf, serveBoard } from '@call-status/core/adapter';
import { isLoopback } from '../input/target.ts';

/**
 * A server of a board.
 *
 * @param isOpen whether it asks for no password: then only requests to this machine by its own names are answered, since the name of another
 * site may lead to this machine, and its pages could read the calls
 */
export function serverOf(board: Board, isOpen: boolean): Server {
  return createServer((req, res) => {
    if (isOpen && !isToThisMachine(req)) {
      res.writeHead(421, { 'content-type': 'text/plain' }).end('The board answers at 127.0.0.1 and localhost only.\n');
      return;
    }
    const { url = '/' } = req;
    const exchange = { req, res, url, origin: () => originOf(req, () => false) };
    serveBoard(board, exchange, { mountPath: '', frameworkRequest: req }).catch(() => {
      // The board answers its own failures; this one came while a client was reading.
      res.destroy();
    });
  });
}

function isToThisMachine({ headers }: IncomingMessage): boolean {
  return isLoopback((headers.host ?? '').replace(/:\d+$/, ''));
}
