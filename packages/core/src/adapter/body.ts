import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { tooManyBytes } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';
import { inNextTurn } from './next-turn.ts';

/** A stream with the body of a request. Node's own requests say whether it has arrived completely, or was cut off. */
export type BodyStream = Readable & { readonly complete?: boolean; readonly aborted?: boolean };

/** The body's length according to the headers; `undefined` if it is chunked and may have any length. */
export function contentLength(req: IncomingMessage): number | undefined {
  const { 'transfer-encoding': chunked, 'content-length': length } = req.headers;
  if (chunked !== undefined) return undefined;
  if (length !== undefined) return Number(length);
  // HTTP/2 has no transfer-encoding: unless its head ends the stream, a body of any length follows.
  const { stream } = req as { readonly stream?: { readonly endAfterHeaders: boolean } };
  return stream?.endAfterHeaders === false ? undefined : 0;
}

/** Whether {@link readBuffered} returns the whole body: it has arrived completely, and no decoder turned it into text. */
export function isFullyBuffered(stream: BodyStream, length: number | undefined, maxBytes: number): boolean {
  const { complete, readableLength, readableEncoding, readableFlowing } = stream;
  return (
    complete === true &&
    !readableFlowing &&
    readableLength > 0 &&
    readableLength <= maxBytes &&
    readableLength === length &&
    readableEncoding === null
  );
}

/** Reads everything that has arrived. Since Node 26, one `read()` returns one chunk. */
export function readBuffered(stream: BodyStream): Uint8Array {
  const first: Uint8Array = stream.read();
  if (stream.readableLength === 0) return first;
  const chunks = [first];
  while (stream.readableLength > 0) chunks.push(stream.read());
  return Buffer.concat(chunks);
}

const NO_BYTES = Buffer.alloc(0);

/**
 * Reads the whole body and puts it back, so that the next reader gets all of it. This works because `end` is not emitted while there is
 * still something to read.
 */
export function peekBody(
  stream: BodyStream,
  announced: number | undefined,
  maxBytes: number,
): Promise<Uint8Array | CallStatusError> {
  if (announced !== undefined && announced > maxBytes) return Promise.resolve(tooManyBytes(maxBytes));
  // Reading a stream without a body would end it, and the next reader would miss the `end` event.
  if (announced === 0) return Promise.resolve(NO_BYTES);
  if (stream.destroyed) return Promise.resolve(new CallStatusError('body_aborted'));
  return new Promise((resolve) => {
    // Strings, if an encoding was set.
    const chunks: (Buffer | string)[] = [];
    const encoding = stream.readableEncoding ?? undefined;
    let length = 0;
    const settle = (failure?: CallStatusError): void => {
      stream.off('readable', onReadable);
      stream.off('end', onEnd);
      stream.off('error', onAborted);
      stream.off('close', onAborted);
      const canPutBack = failure?.code !== 'body_aborted' && !stream.readableEnded;
      if (canPutBack) for (const chunk of chunks.toReversed()) stream.unshift(chunk, encoding);
      resolve(failure ?? bytesOf(chunks, encoding));
    };
    const onAborted = (): void => settle(new CallStatusError('body_aborted'));
    const isBytes = encoding === undefined;
    const onEnd = (): void => {
      const isCutOff = stream.aborted || (isBytes && announced !== undefined && length < announced);
      if (isCutOff) onAborted();
      else settle();
    };
    const onReadable = (): void => {
      for (let chunk: Buffer | string | null = stream.read(); chunk !== null; chunk = stream.read()) {
        chunks.push(chunk);
        length += chunk.length;
        if (length > maxBytes) {
          settle(tooManyBytes(maxBytes));
          return;
        }
      }
      // HTTP/2 sets `complete` too late to put anything back, and also on requests that were cut off.
      if (stream.complete || (isBytes && length === announced)) onEnd();
    };
    stream.on('readable', onReadable);
    stream.on('end', onEnd);
    stream.on('error', onAborted);
    stream.on('close', onAborted);
  });
}

/**
 * Reads the whole body and does not put it back: for a framework whose own parser is slower.
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
  // Nearly every body arrives together with its headers, and is buffered by the next turn.
  inNextTurn(() => {
    const length = stream === req ? contentLength(req) : undefined;
    if (isFullyBuffered(stream, length, maxBytes)) {
      done(null, readBuffered(stream));
      return;
    }
    const read = peekBody(stream, length, maxBytes).then((body) => {
      stream.resume();
      done(null, body);
    });
    read.catch(done);
  });
}

function bytesOf(chunks: readonly (Buffer | string)[], encoding: BufferEncoding | undefined): Uint8Array {
  const buffers = chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk));
  const [first, ...others] = buffers;
  return first !== undefined && others.length === 0 ? first : Buffer.concat(buffers);
}
