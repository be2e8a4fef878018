import { checkOptions } from '../rules/check-options.ts';
import { BOOLEAN } from '../rules/option-rules.ts';

/** The options of a middleware, in every framework that has middlewares. */
export interface MiddlewareOptions {
  /**
   * Whether the URL is only for callbacks. If so, everything that is not a valid callback is rejected; otherwise the middleware takes only
   * what it recognizes beyond doubt, and passes on everything else.
   * @default true in a route and at exactly the path of a mount, as far as the framework tells
   */
  readonly callbackOnly?: boolean;
}

/**
 * Checks the options of a middleware when it is made.
 *
 * @throws CallStatusError `invalid_options`, with a sentence for each unknown name and each invalid value
 * @example
 * ```ts
 * import { checkMiddlewareOptions } from '@call-status/core/adapter';
 *
 * checkMiddlewareOptions({ callbackOnly: true });
 * ```
 */
export function checkMiddlewareOptions(options: MiddlewareOptions): void {
  checkOptions<MiddlewareOptions>('callStatusMiddleware(calls, options)', options, { callbackOnly: BOOLEAN });
}

/** Where a middleware runs, for one request, according to the framework. */
export interface Place {
  /** Whether it runs in a route, which has a path and a method of its own. */
  readonly inRoute: boolean;
  /** The path at which it is mounted, directly or with a router; nothing at the root of the application. */
  readonly mountPath: string | undefined;
  /** Path and query as on the request line. */
  readonly url: string;
  /** The rest of them, after the mount path. */
  readonly restUrl: string;
}

/**
 * Whether the URL of a request is only for callbacks, so that anything else is rejected instead of passed on. The option decides if it is
 * set; otherwise, this is true in a route and at exactly the path of a mount.
 * @example isCallbackOnly({ inRoute: false, mountPath: '/voice', url: '/voice?a=1', restUrl: '/?a=1' }, {}) // true
 */
export function isCallbackOnly(
  { inRoute, mountPath, url, restUrl }: Place,
  { callbackOnly }: MiddlewareOptions,
): boolean {
  // koa-mount leaves its path on requests that it has passed on, but restores their URL.
  const isMounted = mountPath !== undefined && mountPath !== '' && restUrl !== url;
  return callbackOnly ?? (inRoute || (isMounted && NO_PATH.test(restUrl)));
}

/** Nothing but a query, even if the request line contains the whole URL. */
const NO_PATH = /^(?:https?:\/\/[^/?#]*)?\/?(?:[?#]|$)/i;

/**
 * Whether the path of a route is a text without parameters, and that of the request; in any case, with or without a slash at its end.
 * @example isExactPath('/webhooks/voice', '/Webhooks/voice/') // true
 */
export function isExactPath(routePath: unknown, requestPath: string): boolean {
  return typeof routePath === 'string' && plainPath(routePath) === plainPath(requestPath);
}

function plainPath(path: string): string {
  return path.toLowerCase().replace(/\/$/, '');
}
