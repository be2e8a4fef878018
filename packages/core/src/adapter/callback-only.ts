/** The options of a middleware, in every framework that has middlewares. */
export interface MiddlewareOptions {
  /**
   * Whether its URL exists for callbacks only. If so, what is not a valid callback is rejected; otherwise the middleware takes what it
   * recognizes beyond doubt, and passes on everything else.
   * @default true in a route and at exactly the path of a mount, as far as the framework tells
   */
  readonly callbackOnly?: boolean;
}

/** Where a framework says that a middleware runs, for one request. */
export interface Place {
  /** Whether it runs in a route, which has a path and a method of its own. */
  readonly inRoute: boolean;
  /** The path at which it is mounted, directly or with a router; nothing at the root of the application. */
  readonly mountPath: string | undefined;
  /** Path and query as on the request line. */
  readonly url: string;
  /** What is left of them behind the mount path. */
  readonly restUrl: string;
}

/**
 * Whether the URL of a request exists for callbacks only, so that what is not a valid callback is rejected instead of passed on:
 * in a route, or at exactly the path of a mount. Unless the application says so itself.
 * @example isCallbackOnly({ inRoute: false, mountPath: '/voice', url: '/voice?a=1', restUrl: '/?a=1' }, {}) // true
 */
export function isCallbackOnly(
  { inRoute, mountPath, url, restUrl }: Place,
  { callbackOnly }: MiddlewareOptions,
): boolean {
  // koa-mount leaves its path on requests that it passed on, and then restores their URL.
  const isMounted = mountPath !== undefined && mountPath !== '' && restUrl !== url;
  return callbackOnly ?? (inRoute || (isMounted && NO_PATH.test(restUrl)));
}

/** Nothing but a query, also on a request line with the whole URL. */
const NO_PATH = /^(?:https?:\/\/[^/?]*)?\/?(?:\?|$)/i;
