import type { IncomingMessage } from 'node:http';
import { tooManyBytes } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';
import { type BodyStream, lossOf } from './body-stream.ts';

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
  return read(stream, announced, maxBytes, 'readable');
}

/** Reads the whole body together with other code that reads it: each gets all of it, and nothing is put back. */
export function readAlong(
  stream: BodyStream,
  announced: number | undefined,
  maxBytes: number,
): Promise<Uint8Array | CallStatusError> {
  return read(stream, announced, maxBytes, 'data');
}

function read(
  stream: BodyStream,
  announced: number | undefined,
  maxBytes: number,
  event: 'readable' | 'data',
): Promise<Uint8Array | CallStatusError> {
  if (announced !== undefined && announced > maxBytes) return Promise.resolve(tooManyBytes(maxBytes));
  // Reading a stream without a body would end it, and the next reader would miss the `end` event.
  if (announced === 0) return Promise.resolve(NO_BYTES);
  const { readableDidRead: wasRead, readableEnded } = stream;
  const encoding = stream.readableEncoding ?? undefined;
  const knownLength = encoding === undefined ? announced : undefined;
  const isEmpty = readableEnded && !wasRead && !stream.aborted && announced === undefined;
  if (isEmpty) return Promise.resolve(NO_BYTES);
  if (stream.destroyed || readableEnded) return Promise.resolve(lossOf(stream));
  return new Promise((resolve) => {
    // Strings, if an encoding was set.
    const chunks: (Buffer | string)[] = [];
    let length = 0;
    const settle = (failure?: CallStatusError): void => {
      stream.off(event, listener);
      stream.off('end', onEnd);
      stream.off('error', onLost);
      stream.off('close', onLost);
      stream.off('pause', onPause);
      const canPutBack = event === 'readable' && failure?.code !== 'body_aborted' && !stream.readableEnded;
      if (canPutBack) for (const chunk of chunks.toReversed()) stream.unshift(chunk, encoding);
      resolve(failure ?? bytesOf(chunks, encoding));
    };
    const onLost = (): void => settle(lossOf(stream));
    const onEnd = (): void => {
      if (stream.aborted) settle(new CallStatusError('body_aborted'));
      else if (knownLength === undefined || length >= knownLength) settle();
      else settle(new CallStatusError(wasRead ? 'body_consumed' : 'body_aborted'));
    };
    const take = (chunk: Buffer | string): boolean => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxBytes) settle(tooManyBytes(maxBytes));
      return length <= maxBytes;
    };
    const onReadable = (): void => {
      for (let chunk: Buffer | string | null = stream.read(); chunk !== null; chunk = stream.read()) {
        if (!take(chunk)) return;
      }
      // HTTP/2 sets `complete` too late to put anything back, and also on requests that were cut off.
      if (stream.complete || length === knownLength) onEnd();
    };
    const listener = event === 'readable' ? onReadable : take;
    // A reader that stops, such as a pipe whose target fails, pauses the stream for all.
    const onPause = (): void => process.nextTick(resumeFor, stream, listener);
    stream.on(event, listener);
    stream.on('end', onEnd);
    stream.on('error', onLost);
    stream.on('close', onLost);
    if (event === 'data') stream.on('pause', onPause).resume();
  });
}

/** Goes on if no other code reads. */
function resumeFor(stream: BodyStream, reader: unknown): void {
  const [only, ...others] = stream.listeners('data');
  if (only === reader && others.length === 0) stream.resume();
}

function bytesOf(chunks: readonly (Buffer | string)[], encoding: BufferEncoding | undefined): Uint8Array {
  const buffers = chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk));
  const [first, ...others] = buffers;
  return first !== undefined && others.length === 0 ? first : Buffer.concat(buffers);
}
