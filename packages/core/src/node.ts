/**
 * What the adapters of node frameworks share: reading a request's body without taking it from the application.
 *
 * @packageDocumentation
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CallStatusError } from './errors.ts';
import type { AnyCallStatusEvent } from './event.ts';
import type { CallStatusOptions } from './options.ts';
import type { Provider } from './provider.ts';
import { type CallbackEndpoint, createCallStatus } from './receiver.ts';
import type { Receipt } from './request.ts';

/** A receiver, one provider of it, or the options to make one. */
export function toEndpoint<const Providers extends readonly Provider[]>(
  given: CallbackEndpoint | CallStatusOptions<Providers> | undefined,
): CallbackEndpoint {
  return given !== undefined && 'receive' in given ? given : createCallStatus(given);
}

/** What only the framework knows of a request. */
export interface NodeRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Path and query as on the request line, mount path included. */
  readonly url: string;
  /** Scheme and host under which the provider called, as the framework sees them. */
  origin(): string;
  /** Whether this URL exists for callbacks alone. */
  readonly dedicated: boolean;
  /** The body that an earlier parser kept as it came, if any. */
  readonly rawBody: unknown;
  /** What an earlier parser made of the body. */
  readonly parsed: unknown;
  /** The framework's request. */
  readonly source: unknown;
}

/**
 * Receives a request of node's HTTP server. `undefined`: it is the application's, which finds the body as if nobody had read it.
 */
export async function receiveNode(
  endpoint: CallbackEndpoint,
  given: NodeRequest,
): Promise<Receipt<AnyCallStatusEvent> | undefined> {
  const { req, res, url, dedicated, source } = given;
  const { method = '', headers } = req;
  if (!endpoint.mayReceive({ method, headers, dedicated })) return undefined;
  const kept = keptBytes(given.rawBody) ?? (req as Peeked)[PEEKED];
  const consumed = kept === undefined && req.readableDidRead;
  let body = kept;
  if (kept === undefined && !consumed) {
    const read = await peekBody(req, endpoint.limits.bytes);
    if (read instanceof CallStatusError) {
      if (!dedicated) return undefined;
      // What is still to come is not kept, so that the connection can be used again.
      req.resume();
      return endpoint.refuse(read);
    }
    body = read;
  }
  const receipt = await endpoint.receive({
    method,
    url,
    headers,
    body,
    parsed: consumed ? given.parsed : undefined,
    dedicated,
    source,
    get origin() {
      return given.origin();
    },
    onAnswered: whenAnswered(res),
  });
  // The body was put back for the application; nobody else will read what was ours.
  if (isAnswer(endpoint, receipt)) req.resume();
  else if (body !== undefined) (req as Peeked)[PEEKED] = body;
  return receipt;
}

/** On a request that was passed on: its body, for another receiver after this one, to which the stream looks read. */
const PEEKED: unique symbol = Symbol('call-status body');

type Peeked = IncomingMessage & { [PEEKED]?: Uint8Array };

/** Calls a listener once the response has left, or its connection is gone. */
export function whenAnswered(res: ServerResponse): (listener: () => void) => void {
  return (listener) => {
    if (res.destroyed) listener();
    else res.once('close', listener);
  };
}

/** Whether the adapter is to answer, and not the application. */
export function isAnswer(
  endpoint: CallbackEndpoint,
  receipt: Receipt<AnyCallStatusEvent> | undefined,
): receipt is Receipt<AnyCallStatusEvent> {
  return receipt !== undefined && (receipt.event === undefined || endpoint.autoAck);
}

function keptBytes(rawBody: unknown): Uint8Array | undefined {
  if (rawBody instanceof Uint8Array) return rawBody;
  return typeof rawBody === 'string' ? Buffer.from(rawBody) : undefined;
}

const NO_BYTES = Buffer.alloc(0);

/**
 * Reads the whole body and puts it back, so that the next reader gets it as if it were the first.
 * It can be put back because `end` is not emitted as long as there is something to read.
 */
export function peekBody(req: IncomingMessage, maxBytes: number): Promise<Uint8Array | CallStatusError> {
  const { 'content-length': announced = 0, 'transfer-encoding': chunked } = req.headers;
  if (Number(announced) > maxBytes) return Promise.resolve(new CallStatusError('body_too_large'));
  // Looking for a body that is not there would end the stream, and the next reader would wait for its end.
  if (Number(announced) === 0 && chunked === undefined) return Promise.resolve(NO_BYTES);
  if (req.destroyed) return Promise.resolve(new CallStatusError('body_aborted'));
  return new Promise((resolve) => {
    // Texts, if somebody set an encoding.
    const chunks: (Buffer | string)[] = [];
    const encoding = req.readableEncoding ?? undefined;
    let length = 0;
    const settle = (failed?: CallStatusError): void => {
      req.off('readable', onReadable);
      req.off('end', onEnd);
      req.off('error', onGone);
      req.off('close', onGone);
      if (failed?.code !== 'body_aborted') for (const chunk of chunks.toReversed()) req.unshift(chunk, encoding);
      resolve(failed ?? bytesOf(chunks, encoding));
    };
    const onGone = (): void => settle(new CallStatusError('body_aborted'));
    const onEnd = (): void => settle();
    const onReadable = (): void => {
      for (let chunk: Buffer | string | null = req.read(); chunk !== null; chunk = req.read()) {
        chunks.push(chunk);
        length += chunk.length;
        if (length > maxBytes) {
          settle(new CallStatusError('body_too_large'));
          return;
        }
      }
      if (req.complete) settle();
    };
    req.on('readable', onReadable);
    req.on('end', onEnd);
    req.on('error', onGone);
    req.on('close', onGone);
  });
}

function bytesOf(chunks: readonly (Buffer | string)[], encoding: BufferEncoding | undefined): Uint8Array {
  const buffers = chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk));
  const [first, ...others] = buffers;
  return first !== undefined && others.length === 0 ? first : Buffer.concat(buffers);
}
