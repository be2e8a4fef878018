import type { Middleware, ParameterizedContext } from 'koa';

/** A context with the properties that @koa/router and koa-mount leave on it, even if they pass it on. */
export type Routed = ParameterizedContext & {
  readonly matched?: readonly { path: unknown; methods: readonly string[]; stack: readonly unknown[] }[];
  readonly routerPath?: unknown;
  readonly mountPath?: string;
};

/** Whether a middleware runs in a route of @koa/router. */
export function isInRoute(ctx: ParameterizedContext, middleware: Middleware): boolean {
  const { app, matched, routerPath } = ctx as Routed;
  if (matched === undefined || app.middleware.includes(middleware)) return false;
  const own = matched.filter(({ stack }) => stack.includes(middleware));
  // If it is wrapped in another function, it is in no stack, but the path is that of the running layer.
  const running = own.length > 0 ? own : matched.filter(({ path }) => path === routerPath);
  return running.length > 0 && running.every(({ methods }) => methods.length > 0);
}
