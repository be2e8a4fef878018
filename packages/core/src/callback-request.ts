/**
 * One HTTP request, as an adapter hands it to a receiver. Structural: any framework's request fits after a few lines.
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
  /** The bytes of the body. Absent when another parser consumed them. */
  readonly body?: Uint8Array | undefined;
  /**
   * Why the body could not be read: too large, or cut off. It is the answer to a request whose URL proves enough (`token`).
   */
  readonly unreadable?: import('./errors.ts').CallStatusError | undefined;
  /** What another parser made of a body that it consumed. */
  readonly parsed?: unknown;
  /**
   * Whether this URL exists for callbacks alone. If not, only a request that is recognised for certain is ours, and all others are passed on.
   * @default true
   */
  readonly callbackOnly?: boolean;
  /**
   * Called as soon as it is certain that the request is not passed on to the application: at once, unless secrets have to be waited for.
   * Until then its body has to stay readable for others.
   */
  onAccepted?(): void;
  /** Calls the listener once the answer has left (or the connection is gone). Handlers wait for it. */
  onAnswered?(listener: () => void): void;
  /** The framework's own request, for handlers: `context.request`. */
  readonly frameworkRequest?: unknown;
}

/**
 * When an accepted callback is answered with 200:
 * - `recorded`: once the inbox has the event.
 * - `handled`: once the handlers are done, for platforms that freeze a process after its answer. All handlers have to run in this process.
 * - `manual`: your route answers. The event is recorded, and `req.callStatus` has it; refusals are still answered for you.
 */
export type Ack = 'recorded' | 'handled' | 'manual';

/** The answer to a callback. The body is always empty. */
export interface Receipt<Event> {
  /** 200: accepted. 503: the provider is to try again. Any other: refused, for the reason in `error`. */
  readonly status: 200 | 400 | 403 | 413 | 415 | 422 | 503;
  /** Headers of the answer, such as `retry-after`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The accepted event; absent on a refusal. */
  readonly event?: Event;
  /** Why it was refused; absent when it was accepted. For you, never for the answer. */
  readonly error?: import('./errors.ts').CallStatusError;
}
