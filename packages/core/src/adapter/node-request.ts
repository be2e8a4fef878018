import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { CallbackRequest, Receipt } from '../callback-request.ts';
import { createCallStatus } from '../create-call-status.ts';
import { CallStatusError } from '../errors.ts';
import type { AnyCallStatusEvent } from '../event.ts';
import type { CallStatusOptions } from '../options/options.ts';
import type { Provider } from '../provider/define-provider.ts';
import type { CallbackReceiver } from '../receiver/types.ts';
import { contentLength, isFullyBuffered, peekBody, readBuffered } from './body.ts';
import { inNextTurn } from './next-turn.ts';

/** A receiver, one provider of it, or the options to make one. */
export function toEndpoint<const Providers extends readonly Provider[]>(
  given: CallbackReceiver | CallStatusOptions<Providers> | undefined,
): CallbackReceiver {
  return isEndpoint(given) ? given : createCallStatus(given);
}

/** Whether it is a receiver, or one provider of it. */
export function isEndpoint(given: unknown): given is CallbackReceiver {
  return 'receive' in Object(given);
}

/** What only the framework knows of a request. */
export interface NodeRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Path and query as on the request line, mount path included. */
  readonly url: string;
  /** Scheme and host under which the provider called, as the framework sees them. */
  origin(): string;
  /** Whether this URL exists for callbacks alone. */
  readonly callbackOnly: boolean;
  /** The body that an earlier parser kept as it came, if any. */
  readonly rawBody: unknown;
  /** What an earlier parser made of the body: fields, or bytes or a text, which are as good as kept ones. */
  readonly parsed: unknown;
  /** The framework's request. */
  readonly frameworkRequest: unknown;
}

/** Who is told how receiving ended. Callbacks and no promise: each turn that a request waits costs. */
export interface Outcome {
  /** `undefined`: the request is the application's, which finds the body as if nobody had read it. */
  readonly settle: (receipt: Receipt<AnyCallStatusEvent> | undefined) => void;
  /** Something that is no client's doing. */
  readonly fail: (error: unknown) => void;
}

/** Receives a request of node's HTTP server, one that the endpoint may receive by its head. */
export function receiveNode(endpoint: CallbackReceiver, given: NodeRequest, outcome: Outcome): void {
  const { req } = given;
  const kept = keptBytes(given.rawBody) ?? keptBytes(given.parsed) ?? (req as WithPreservedBody)[PRESERVED_BODY];
  if (kept !== undefined) receiveBody(endpoint, new NodeCallback(given, kept, undefined), outcome);
  else if (req.readableDidRead) receiveParsed(endpoint, given, outcome);
  // Where somebody listens already, the body would be gone in a moment.
  else if (req.readableFlowing) receiveStream(endpoint, given, outcome);
  // Nearly every body comes with its head, and is there when all that has come to the process is read.
  else inNextTurn(() => receiveStream(endpoint, given, outcome));
}

function receiveStream(endpoint: CallbackReceiver, given: NodeRequest, outcome: Outcome): void {
  const { req } = given;
  const { bytes } = endpoint.limits;
  const announced = contentLength(req);
  if (isFullyBuffered(req, announced, bytes)) {
    const callback = new NodeCallback(given, readBuffered(req), undefined);
    receiveBody(endpoint, callback, outcome);
    // In the same turn, before anybody can see the end of the stream, the body can be put back for the application.
    if (!callback.isAccepted || endpoint.ack === 'manual') req.unshift(callback.body);
    else callback.isRead = true;
    return;
  }
  // Somebody who was called after us was faster.
  if (req.readableDidRead) {
    receiveParsed(endpoint, given, outcome);
    return;
  }
  const peeked = peekBody(req, announced, bytes).then((read) => {
    if (read instanceof CallStatusError) receiveNothing(endpoint, given, read, outcome);
    else receiveBody(endpoint, new NodeCallback(given, read, undefined), outcome);
  });
  peeked.catch(outcome.fail);
}

/** Other code read the body, or as much of it as came before the client went away. */
function receiveParsed(endpoint: CallbackReceiver, given: NodeRequest, outcome: Outcome): void {
  const { req, parsed } = given;
  const isCutOff = parsed === undefined && (req.aborted || (req.destroyed && !req.readableEnded));
  if (isCutOff) receiveNothing(endpoint, given, new CallStatusError('body_aborted'), outcome);
  else receiveBody(endpoint, new NodeCallback(given, undefined, parsed), outcome);
}

/** The body cannot be read; but a caller whose URL proves nothing learns only that. */
function receiveNothing(
  endpoint: CallbackReceiver,
  given: NodeRequest,
  unreadable: CallStatusError,
  outcome: Outcome,
): void {
  if (given.callbackOnly) receiveBody(endpoint, new NodeCallback(given, undefined, undefined, unreadable), outcome);
  else outcome.settle(undefined);
}

function receiveBody(endpoint: CallbackReceiver, callback: NodeCallback, outcome: Outcome): void {
  const settle = (receipt: Receipt<AnyCallStatusEvent> | undefined): void => {
    const { req, body } = callback;
    if (isAnswer(endpoint, receipt)) callback.drain();
    else if (body !== undefined) (req as WithPreservedBody)[PRESERVED_BODY] = body;
    outcome.settle(receipt);
    callback.settled();
  };
  try {
    endpoint.receive(callback).then(settle, outcome.fail);
  } catch (error) {
    // An endpoint of somebody else's making; nobody waits here who could catch it.
    outcome.fail(error);
  }
}

class NodeCallback implements CallbackRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly callbackOnly: boolean;
  readonly frameworkRequest: unknown;
  readonly body: Uint8Array | undefined;
  readonly parsed: unknown;
  readonly unreadable: CallStatusError | undefined;
  readonly req: IncomingMessage;
  isAccepted = false;
  /** The body was read, and not put back. */
  isRead = false;
  readonly #given: NodeRequest;
  #whenAnswered: (() => void) | undefined;

  constructor(given: NodeRequest, body: Uint8Array | undefined, parsed: unknown, unreadable?: CallStatusError) {
    const { req, method, headers, url, callbackOnly, frameworkRequest } = given;
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.callbackOnly = callbackOnly;
    this.frameworkRequest = frameworkRequest;
    this.body = body;
    this.parsed = parsed;
    this.unreadable = unreadable;
    this.req = req;
    this.#given = given;
  }

  get origin(): string {
    return this.#given.origin();
  }

  onAccepted(): void {
    this.isAccepted = true;
  }

  /** Drains the body, so that the connection can be used again. */
  drain(): void {
    if (!this.isRead) this.req.resume();
  }

  onAnswered(listener: () => void): void {
    this.#whenAnswered = listener;
  }

  /** The framework has the receipt, and most have sent it by now. */
  settled(): void {
    if (this.#whenAnswered !== undefined) whenAnswered(this.#given.res, this.#whenAnswered);
  }
}

/** On a request that was passed on: its body, for another receiver after this one, to which the stream looks read. */
const PRESERVED_BODY: unique symbol = Symbol('call-status body');

type WithPreservedBody = IncomingMessage & { [PRESERVED_BODY]?: Uint8Array };

/** Calls a listener once the response has left, or its connection is gone. */
export function whenAnswered(res: ServerResponse, listener: () => void): void {
  // Finished: it is ended, and nothing of it is left in the process.
  if (res.writableFinished || res.destroyed) listener();
  else res.once('close', listener);
}

/** Whether the adapter is to answer, and not the application. */
export function isAnswer(
  endpoint: CallbackReceiver,
  receipt: Receipt<AnyCallStatusEvent> | undefined,
): receipt is Receipt<AnyCallStatusEvent> {
  return receipt !== undefined && (receipt.event === undefined || endpoint.ack !== 'manual');
}

function keptBytes(left: unknown): Uint8Array | undefined {
  if (left instanceof Uint8Array) return left;
  // Some parsers leave an empty text where they left the body alone.
  return typeof left === 'string' && left !== '' ? Buffer.from(left) : undefined;
}
