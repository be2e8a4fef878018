import { isExactPath } from '@call-status/core/adapter';
import type { Middleware, ParameterizedContext } from 'koa';

/** A context with the properties that @koa/router and koa-mount leave on it, even if they pass it on. */
export type Routed = ParameterizedContext & {
  readonly matched?: readonly { path: unknown; methods: readonly string[]; stack: readonly unknown[] }[];
  readonly routerPath?: unknown;
  readonly mountPath?: string;
};

/** More methods than these are those of `router.all()`. */
const METHODS_OF_A_ROUTE = 3;

/**
 * Whether a middleware runs in a route of @koa/router. What the router matched stays on a context that it passed on: so inside another
 * function, only a route of few methods and exactly this path counts, as long as the application has not answered.
 */
export function isInRoute(ctx: ParameterizedContext, middleware: Middleware): boolean {
  const { app, matched = [], routerPath, path, body } = ctx as Routed;
  const own = matched.filter(({ stack }) => stack.includes(middleware));
  if (own.length > 0) return own.some(({ methods }) => methods.length > 0);
  if (body !== undefined || app.middleware.includes(middleware) || !isExactPath(routerPath, path)) return false;
  const running = matched.filter((layer) => layer.path === routerPath);
  return running.length > 0 && running.every(({ methods }) => isFew(methods.length));
}

function isFew(methods: number): boolean {
  return methods > 0 && methods <= METHODS_OF_A_ROUTE;
}
