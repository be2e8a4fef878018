import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { CallbackRequest } from '../callback-request.ts';
import type { CallStatusError } from '../errors.ts';
import { clientAddressOf } from './client-address.ts';

/** What only the framework knows about a request. */
export interface NodeRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Path and query as on the request line, mount path included. */
  readonly url: string;
  /** Scheme and host under which the provider called, as the framework sees them. */
  origin(): string;
  /** Whether this URL is only for callbacks. */
  readonly callbackOnly: boolean;
  /** The original body, if an earlier parser preserved it. */
  readonly rawBody?: unknown;
  /** The body as an earlier parser left it: fields, bytes or text. */
  readonly parsed?: unknown;
  /** The framework's request. */
  readonly frameworkRequest: unknown;
}

/** A request of node's HTTP server as the receiver sees it. */
export class NodeCallback implements CallbackRequest {
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
  /** Whether the stream still has the body, so that it has to be drained. */
  hasBody = true;
  readonly #request: NodeRequest;
  #onAnswered: (() => void) | undefined;

  constructor(request: NodeRequest, body: Uint8Array | undefined, parsed?: unknown, unreadable?: CallStatusError) {
    const { req, method, headers, url, callbackOnly, frameworkRequest } = request;
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.callbackOnly = callbackOnly;
    this.frameworkRequest = frameworkRequest;
    this.body = body;
    this.parsed = parsed;
    this.unreadable = unreadable;
    this.req = req;
    this.#request = request;
  }

  get origin(): string {
    return this.#request.origin();
  }

  get clientAddress(): string | undefined {
    return clientAddressOf(this.req, this.frameworkRequest);
  }

  onAccepted(): void {
    this.isAccepted = true;
  }

  onAnswered(listener: () => void): void {
    this.#onAnswered = listener;
  }

  /** The framework has what it needs to answer; most have answered by now. */
  handedOver(): void {
    if (this.#onAnswered !== undefined) whenAnswered(this.#request.res, this.#onAnswered);
  }
}

/** Calls a listener once the response has been sent, or its connection is gone. */
export function whenAnswered(res: ServerResponse, listener: () => void): void {
  // Finished: it has ended, and has left the process.
  if (res.writableFinished || res.destroyed) listener();
  else res.once('close', listener);
}
