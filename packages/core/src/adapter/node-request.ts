import type { IncomingMessage } from 'node:http';
import type { CallbackReceiver, Receipt } from '../callback-request.ts';
import { CallStatusError, isCallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import { contentLength, isFullyBuffered, peekBody, readAlong, readBuffered } from './body.ts';
import { wasCutOff } from './body-stream.ts';
import { inNextTurn } from './next-turn.ts';
import { NodeCallback, type NodeRequest } from './node-callback.ts';
import { canPutBack, holdReaders, isIterated, isListenedTo } from './other-readers.ts';

/** What an adapter does next with a request. Not a promise: its turns would slow down every request. */
export interface Continuation {
  /** Stores the event of an accepted callback on the framework's request. One of the other methods is called next. */
  readonly accepted: (event: AnyCallStatusEvent) => void;
  /** Answers the provider: status, headers and an empty body. */
  readonly answer: (receipt: Receipt<AnyCallStatusEvent>) => void;
  /** Passes the request on to the application, which can read the body as usual. */
  readonly passOn: () => void;
  /** Reports a failure that no client can cause, in the framework's own way. */
  readonly fail: (error: unknown) => void;
}

/**
 * Receives a request of Node's HTTP server after the receiver has accepted its headers.
 * @example
 * ```ts
 * import type { IncomingMessage, ServerResponse } from 'node:http';
 * import { type CallbackReceiver, originOf, receiveNode } from '@call-status/core/adapter';
 *
 * export function receive(calls: CallbackReceiver, req: IncomingMessage, res: ServerResponse, next: () => void): void {
 *   const { method = '', url = '', headers } = req;
 *   if (!calls.accepts({ method, url, headers })) return next();
 *   const origin = () => originOf(req, () => false);
 *   receiveNode(calls, { req, res, method, url, headers, origin, callbackOnly: true, frameworkRequest: req }, {
 *     accepted: (event) => void Object.assign(req, { callStatus: event }),
 *     answer: (receipt) => void res.writeHead(receipt.status, receipt.headers).end(),
 *     passOn: next,
 *     fail: () => void res.writeHead(500).end(),
 *   });
 * }
 * ```
 */
export function receiveNode(receiver: CallbackReceiver, request: NodeRequest, then: Continuation): void {
  const { req, rawBody, parsed } = request;
  const preserved = bytesOf(rawBody) ?? bytesOf(parsed) ?? (req as WithPreservedBody)[PRESERVED_BODY];
  if (preserved !== undefined) receive(receiver, new NodeCallback(request, preserved), then);
  else if (req.readableDidRead) receiveParsed(receiver, request, then);
  else if (isListenedTo(req)) receiveShared(receiver, request, then);
  // Other code lets the body run off: it would be gone in the next turn.
  else if (req.readableFlowing) receiveStream(receiver, request, then);
  // Nearly every body arrives together with its headers, and is buffered by the next turn.
  else inNextTurn(() => receiveStream(receiver, request, then));
}

/**
 * Receives a request whose body the adapter has read or failed to read.
 * @example
 * ```ts
 * import type { IncomingMessage, ServerResponse } from 'node:http';
 * import { type CallbackReceiver, originOf, receiveRead } from '@call-status/core/adapter';
 *
 * export function receive(calls: CallbackReceiver, req: IncomingMessage, res: ServerResponse, body: Uint8Array): void {
 *   const { method = '', url = '', headers } = req;
 *   const origin = () => originOf(req, () => false);
 *   receiveRead(calls, { req, res, method, url, headers, origin, callbackOnly: true, frameworkRequest: req }, body, {
 *     accepted: (event) => void Object.assign(req, { callStatus: event }),
 *     answer: (receipt) => void res.writeHead(receipt.status, receipt.headers).end(),
 *     passOn: () => void res.writeHead(404).end(),
 *     fail: () => void res.writeHead(500).end(),
 *   });
 * }
 * ```
 */
export function receiveRead(
  receiver: CallbackReceiver,
  request: NodeRequest,
  body: Uint8Array | CallStatusError,
  then: Continuation,
): void {
  const callback = callbackOf(request, body);
  callback.hasBody = false;
  receive(receiver, callback, then);
}

/** Hooks of the application may have put anything in place of the body, which then counts as parsed. */
function callbackOf(request: NodeRequest, body: unknown): NodeCallback {
  // What other code kept of a body that it read comes second: a hook may have replaced the body by an unpacked one.
  const isConsumed = isCallStatusError(body) && body.code === 'body_consumed';
  const bytes = bytesOf(isConsumed ? request.rawBody : body);
  if (bytes !== undefined) return new NodeCallback(request, bytes);
  if (isCallStatusError(body)) return new NodeCallback(request, undefined, undefined, body);
  return new NodeCallback(request, undefined, body);
}

function receiveStream(receiver: CallbackReceiver, request: NodeRequest, then: Continuation): void {
  const { req } = request;
  const { bytes } = receiver.limits;
  const length = contentLength(req);
  if (isFullyBuffered(req, length, bytes)) {
    const callback = new NodeCallback(request, readBuffered(req));
    receive(receiver, callback, then);
    // The application may need the body, and it can be put back only in this turn, before the stream ends.
    if (!callback.isAccepted || receiver.ack === 'manual') req.unshift(callback.body);
    else callback.hasBody = false;
    return;
  }
  // Code that ran after us has read it.
  if (req.readableDidRead) {
    receiveParsed(receiver, request, then);
    return;
  }
  receiveLater(receiver, request, peekBody(req, length, bytes), then);
}

/** Listeners get the body when the request is handed over, as if it had come only then; and so does the application. */
function receiveShared(receiver: CallbackReceiver, request: NodeRequest, then: Continuation): void {
  const { req } = request;
  const { bytes } = receiver.limits;
  const length = contentLength(req);
  if (isIterated(req) || !canPutBack(req, length)) {
    receiveLater(receiver, request, readAlong(req, length, bytes), then);
    return;
  }
  const release = holdReaders(req);
  receiveLater(receiver, request, peekBody(req, length, bytes), {
    accepted: then.accepted,
    answer: (receipt) => {
      release();
      then.answer(receipt);
    },
    passOn: () => {
      release();
      then.passOn();
    },
    fail: (error) => {
      release();
      then.fail(error);
    },
  });
}

function receiveLater(
  receiver: CallbackReceiver,
  request: NodeRequest,
  reading: Promise<Uint8Array | CallStatusError>,
  then: Continuation,
): void {
  const received = reading.then((read) => {
    if (read instanceof CallStatusError) receiveUnreadable(receiver, request, read, then);
    else receive(receiver, new NodeCallback(request, read), then);
  });
  received.catch(then.fail);
}

/** Other code has read the body, or the part that arrived before the client disconnected. */
function receiveParsed(receiver: CallbackReceiver, request: NodeRequest, then: Continuation): void {
  const { req, parsed } = request;
  const isCutOff = parsed === undefined && wasCutOff(req);
  if (isCutOff) receiveUnreadable(receiver, request, new CallStatusError('body_aborted'), then);
  else receive(receiver, new NodeCallback(request, undefined, parsed), then);
}

/** The receiver decides what to answer: without a valid token, a caller learns only that. */
function receiveUnreadable(
  receiver: CallbackReceiver,
  request: NodeRequest,
  unreadable: CallStatusError,
  then: Continuation,
): void {
  if (request.callbackOnly) receive(receiver, new NodeCallback(request, undefined, undefined, unreadable), then);
  else then.passOn();
}

function receive(receiver: CallbackReceiver, callback: NodeCallback, then: Continuation): void {
  const settle = (receipt: Receipt<AnyCallStatusEvent> | undefined): void => {
    const { req, body } = callback;
    if (receipt?.event !== undefined) then.accepted(receipt.event);
    const isForApplication = receipt === undefined || (receipt.event !== undefined && receiver.ack === 'manual');
    if (isForApplication) {
      if (body !== undefined) (req as WithPreservedBody)[PRESERVED_BODY] = body;
      then.passOn();
    } else {
      // Drain the request so that the socket can be reused.
      if (callback.hasBody) req.resume();
      then.answer(receipt);
    }
    callback.handedOver();
  };
  try {
    receiver.receive(callback).then(settle, then.fail);
  } catch (error) {
    // Only a custom receiver throws here, and nothing up the stack would catch it.
    then.fail(error);
  }
}

/** The body of a request that was passed on: to another receiver after this one, the stream looks as if it had been read. */
const PRESERVED_BODY: unique symbol = Symbol('call-status body');

type WithPreservedBody = IncomingMessage & { [PRESERVED_BODY]?: Uint8Array };

function bytesOf(preserved: unknown): Uint8Array | undefined {
  if (preserved instanceof Uint8Array) return preserved;
  // Some parsers leave an empty string if they did not read the body.
  return typeof preserved === 'string' && preserved !== '' ? Buffer.from(preserved) : undefined;
}
