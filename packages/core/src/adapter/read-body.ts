import type { IncomingMessage } from 'node:http';
import { CallStatusError } from '../errors.ts';
import { contentLength, isFullyBuffered, peekBody, readAlong, readBuffered } from './body.ts';
import { type BodyStream, lossOf, wasCutOff } from './body-stream.ts';
import { inNextTurn } from './next-turn.ts';
import { isListenedTo } from './other-readers.ts';

/**
 * Reads the whole body and does not put it back: for a framework whose own parser is slower. Other code that already reads it still gets
 * all of it.
 *
 * @param stream the request, or the stream that an application's hook replaced it with
 * @param done called with the body, or with the error that prevented reading it
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { readBody } from '@call-status/core/adapter';
 *
 * createServer((req, res) => readBody(req, req, 65_536, (error, body) => void res.end(error?.message ?? String(body))));
 * ```
 */
export function readBody(
  stream: BodyStream,
  req: IncomingMessage,
  maxBytes: number,
  done: (error: Error | null, body?: Uint8Array | CallStatusError) => void,
): void {
  const length = stream === req ? contentLength(req) : undefined;
  const finish = (read: Promise<Uint8Array | CallStatusError>): void => {
    const finished = read.then((body) => {
      stream.resume();
      // A stream in the place of the request fails or ends in its own way when the client disconnects.
      const isCutOff = body instanceof CallStatusError && body.code !== 'body_too_large' && wasCutOff(req);
      done(null, isCutOff ? new CallStatusError('body_aborted') : body);
    });
    finished.catch(done);
  };
  const whole = (read: typeof peekBody): Promise<Uint8Array | CallStatusError> => {
    const { readableDidRead, readableEncoding } = stream;
    // Only its length tells whether what is left is the whole. A stream in the place of the request is what other code made it.
    const isPart = stream === req && readableDidRead && (length === undefined || readableEncoding !== null);
    return isPart ? Promise.resolve(lossOf(req)) : read(stream, length, maxBytes);
  };
  // Other code is already reading the body: it would be gone in the next turn.
  if (stream.readableFlowing || isListenedTo(stream)) finish(whole(readAlong));
  // Nearly every body arrives together with its headers, and is buffered by the next turn.
  else
    inNextTurn(() => {
      if (isFullyBuffered(stream, length, maxBytes)) done(null, readBuffered(stream));
      else finish(whole(peekBody));
    });
}
