import type { Limits } from './decode/fields.ts';
import type { CallStatusError } from './errors.ts';
import type { AnyCallStatusEvent } from './event.ts';
import type { Logger } from './log/log.ts';

/**
 * One HTTP request, as an adapter hands it to a receiver. It is plain data, so it takes only a few lines to build one from any framework's
 * request.
 */
export interface CallbackRequest {
  /** In upper case: `POST`. */
  readonly method: string;
  /** Path and query as on the request line, mount path included: `/webhooks/voice?tenant=7`. */
  readonly url: string;
  /** Scheme and host under which the provider called: `https://hooks.example.com`. Read only when a signature covers the URL. */
  readonly origin: string;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The bytes of the body. Absent if another parser consumed them. */
  readonly body?: Uint8Array | undefined;
  /**
   * Why the body could not be read: it is too large, or was cut off. If a token is required, the client learns this only with a valid one.
   */
  readonly unreadable?: CallStatusError | undefined;
  /** The result of another parser that consumed the body. */
  readonly parsed?: unknown;
  /** The client's IP address, behind a trusted proxy too. Read only when the request is rejected, for `keepRefused`. */
  readonly clientAddress?: string | undefined;
  /**
   * Whether this URL is only for callbacks. If not, only a request that is recognized beyond doubt is taken; all others are passed on.
   * @default true
   */
  readonly callbackOnly?: boolean;
  /**
   * Called as soon as it is certain that the request will not be passed on: often before `receive` returns its promise, and always before
   * that promise resolves. Until then, the application may still need the body.
   */
  onAccepted?(): void;
  /** Calls the listener once the answer has been sent, or the connection is gone. Handlers wait for it. */
  onAnswered?(listener: () => void): void;
  /** The framework's own request, for handlers: `context.request`. */
  readonly frameworkRequest?: unknown;
}

/** A request whose body has not been read yet. */
export type RequestHead = Pick<CallbackRequest, 'method' | 'headers' | 'callbackOnly'> &
  Partial<Pick<CallbackRequest, 'url'>>;

/**
 * When an accepted callback is answered with 200:
 * - `recorded`: once the inbox has the event.
 * - `handled`: once the handlers are done, for platforms that freeze a process after its answer. They run in this process, or in any that
 *   shares the inbox.
 * - `manual`: your route answers. The event is recorded, and `req.callStatus` has it; rejections are still answered for you.
 */
export type Ack = 'recorded' | 'handled' | 'manual';

/** The answer to a callback. The body is always empty. */
export interface Receipt<Event> {
  /** 200: accepted. 503: the provider should try again. Any other: rejected, for the reason in `error`. */
  readonly status: 200 | 400 | 403 | 413 | 415 | 422 | 503;
  /** Headers of the answer, such as `retry-after`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The accepted event; absent if the callback was rejected. */
  readonly event?: Event;
  /**
   * Why the callback was rejected; absent if it was accepted. Never send it to the client. The log and `onError` may know more: the cause is
   * searched for after the answer.
   */
  readonly error?: CallStatusError;
}

/** What an adapter needs of a receiver, or of one of its providers. */
export interface CallbackReceiver {
  /** Whether a request may be a callback, judging by its headers. If not, leave its body alone. */
  accepts(head: RequestHead): boolean;
  /**
   * Receives a callback and resolves to the answer. `undefined`: it is not a call status callback, so it belongs to the application.
   * Never rejects because of what a client sends. Once it has called `request.onAccepted`, it never resolves to `undefined`.
   */
  receive(request: CallbackRequest): Promise<Receipt<AnyCallStatusEvent> | undefined>;
  /** The same for a request of the Fetch API: resolves to the response, or to `undefined` with the body unused. */
  fetch(request: Request): Promise<Response | undefined>;
  /** Returns the answer to a request that could not be read. */
  reject(error: CallStatusError): Receipt<never>;
  /** Offers the framework's logger, which the receiver uses if its options have no `log`. */
  offerLog?(log: Logger): void;
  /** The HTTP methods that callbacks may use. */
  readonly methods: readonly ('POST' | 'GET')[];
  /** When accepted callbacks are answered. With `manual`, the application answers them. */
  readonly ack: Ack;
  readonly limits: Limits;
}
