import { isExactPath } from '@call-status/core/adapter';
import type { NextFunction, Request, RequestHandler } from 'express';

interface Route {
  readonly path: unknown;
  readonly stack: readonly { readonly handle: unknown }[];
  readonly methods: object;
}

/** More methods than these are those of `app.all()`. */
const METHODS_OF_A_ROUTE = 3;

/**
 * Whether a middleware runs in a route. The last route stays on a request that it passed on, and tracers wrap every `next`: so inside
 * another function, only a route of few methods and exactly this path counts.
 */
export function isInRoute(req: Request, next: NextFunction, middleware: RequestHandler): boolean {
  const route: Route | undefined = req.route;
  if (route === undefined || next === req.next) return false;
  if (route.stack.some(({ handle }) => handle === middleware)) return true;
  const methods = Object.keys(route.methods);
  const isForAll = methods.includes('_all') || methods.length > METHODS_OF_A_ROUTE;
  return !isForAll && isExactPath(route.path, req.path);
}
