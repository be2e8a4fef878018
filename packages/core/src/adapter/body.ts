import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { tooManyBytes } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';

/** A stream with the body of a request; node's own tell when all of it has come, or no more will. */
export type BodyStream = Readable & { readonly complete?: boolean; readonly aborted?: boolean };

/** How many bytes a head announces; `undefined` if any number of them may come, in chunks. */
export function contentLength(req: IncomingMessage): number | undefined {
  const { 'transfer-encoding': chunked, 'content-length': length } = req.headers;
  if (chunked !== undefined) return undefined;
  if (length !== undefined) return Number(length);
  // HTTP/2 has no transfer-encoding: where its head is not the end, a body of any length follows.
  const { stream } = req as { readonly stream?: { readonly endAfterHeaders: boolean } };
  return stream?.endAfterHeaders === false ? undefined : 0;
}

/** Whether {@link readBuffered} gives the whole body: all of it has come, with its end, and no decoder turned it into text. */
export function isFullyBuffered(stream: BodyStream, announced: number | undefined, maxBytes: number): boolean {
  const { complete, readableLength, readableEncoding, readableFlowing } = stream;
  return (
    complete === true &&
    !readableFlowing &&
    readableLength > 0 &&
    readableLength <= maxBytes &&
    readableLength === announced &&
    readableEncoding === null
  );
}

/** Reads all that has come. Since Node 26, one `read()` gives one chunk. */
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
  // Looking for a body that is not there would end the stream, and the next reader would wait for its end.
  if (announced === 0) return Promise.resolve(NO_BYTES);
  if (stream.destroyed) return Promise.resolve(new CallStatusError('body_aborted'));
  return new Promise((resolve) => {
    // Texts, if an encoding was set.
    const chunks: (Buffer | string)[] = [];
    const encoding = stream.readableEncoding ?? undefined;
    let length = 0;
    const settle = (failed?: CallStatusError): void => {
      stream.off('readable', onReadable);
      stream.off('end', onEnd);
      stream.off('error', onGone);
      stream.off('close', onGone);
      const canPutBack = failed?.code !== 'body_aborted' && !stream.readableEnded;
      if (canPutBack) for (const chunk of chunks.toReversed()) stream.unshift(chunk, encoding);
      resolve(failed ?? bytesOf(chunks, encoding));
    };
    const onGone = (): void => settle(new CallStatusError('body_aborted'));
    const isBytes = encoding === undefined;
    const onEnd = (): void => {
      const isCutOff = stream.aborted || (isBytes && announced !== undefined && length < announced);
      if (isCutOff) onGone();
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
      // HTTP/2 says that a request is complete when it is too late to put anything back, and also of one that is cut off.
      if (stream.complete || (isBytes && length === announced)) onEnd();
    };
    stream.on('readable', onReadable);
    stream.on('end', onEnd);
    stream.on('error', onGone);
    stream.on('close', onGone);
  });
}

function bytesOf(chunks: readonly (Buffer | string)[], encoding: BufferEncoding | undefined): Uint8Array {
  const buffers = chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk));
  const [first, ...others] = buffers;
  return first !== undefined && others.length === 0 ? first : Buffer.concat(buffers);
}
