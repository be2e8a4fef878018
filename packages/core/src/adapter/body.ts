import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { tooManyBytes } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';
import { inNextTurn } from './next-turn.ts';

/** A stream with the body of a request. Node's own requests say whether it has arrived completely, or was cut off. */
export type BodyStream = Readable & { readonly complete?: boolean; readonly aborted?: boolean };

/** The number of bytes that the head announces; `undefined` if there may be any number, in chunks. */
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
 * Reads the whole body and puts it back, so that the next reader gets it as if it were the first.
 * It can be put back because `end` is not emitted as long as there is something to read.
 */
export function peekBody(
  stream: BodyStream,
  announced: number | undefined,
  maxBytes: number,
): Promise<Uint8Array | CallStatusError> {
  if (announced !== undefined && announced > maxBytes) return Promise.resolve(tooManyBytes(maxBytes));
  // Reading a stream without a body would end it, and the next reader would wait for an end that was already emitted.
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
      // HTTP/2 sets `complete` when it is too late to put anything back, and on requests that were cut off too.
      if (stream.complete || (isBytes && length === announced)) onEnd();
    };
    stream.on('readable', onReadable);
    stream.on('end', onEnd);
    stream.on('error', onAborted);
    stream.on('close', onAborted);
  });
}

/**
 * Reads the whole body for a framework whose own parser is slower, and does not put it back.
 *
 * @param stream the request, or what a hook of the application turned it into
 * @param done called with the body, or with the reason why it cannot be read
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
  // Nearly every body comes with its head, and is buffered once the process has read what has arrived.
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
