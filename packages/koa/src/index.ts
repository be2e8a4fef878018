import type { CallStatusEvent, CallStatusOptions, Provider } from '@call-status/core';
import {
  type CallbackReceiver,
  checkMiddlewareOptions,
  isCallbackOnly,
  type MiddlewareOptions,
  originOf,
  receiveNode,
  toReceiver,
} from '@call-status/core/adapter';
import type { Middleware } from 'koa';
import { isInRoute, type Routed } from './in-route.ts';

export * from '@call-status/core';
export { type CloseGracefullyOptions, closeGracefully, type MiddlewareOptions } from '@call-status/core/adapter';
export * from './board.ts';

declare module 'koa' {
  interface ExtendableContext {
    /** The call status event of this request; absent if it is not a callback. */
    callStatus?: CallStatusEvent;
  }
}

/**
 * Receives call status callbacks in Koa 3, with `app.use`, @koa/router and koa-mount. Mount it before or after body parsers.
 *
 * It answers callbacks itself and passes on everything else untouched. In a route (`router.post(path, …)`) and at exactly the path of a
 * mount (`mount(path, …)`), everything that is not a valid callback is rejected.
 *
 * @param receiver what `createCallStatus()` returned, one of its providers (`calls.provider('exotel')`), or the options for a new receiver
 * @throws CallStatusError `invalid_options`, `missing_secret`
 * @example
 * ```ts
 * import { callStatusMiddleware, signalwire } from '@call-status/koa';
 * import Router from '@koa/router';
 * import Koa from 'koa';
 *
 * const router = new Router();
 * router.post(
 *   '/webhooks/voice',
 *   callStatusMiddleware({
 *     providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })],
 *     onCompleted: (event) => console.log(event.callId, event.durationSeconds),
 *   }),
 * );
 * new Koa().use(router.routes()).listen(3000);
 * ```
 */
export function callStatusMiddleware<const Providers extends readonly Provider[] = readonly Provider[]>(
  receiver?: CallbackReceiver | CallStatusOptions<Providers>,
  options: MiddlewareOptions = {},
): Middleware {
  const calls = toReceiver(receiver);
  checkMiddlewareOptions(options);
  const middleware: Middleware = async (ctx, next) => {
    const { req, res, originalUrl: url, url: restUrl, mountPath } = ctx as Routed;
    const { method = '', headers } = req;
    const callbackOnly = isCallbackOnly({ inRoute: isInRoute(ctx, middleware), mountPath, url, restUrl }, options);
    if (!calls.accepts({ method, headers, url, callbackOnly })) return next();
    const { body: parsed, rawBody } = ctx.request as { body?: unknown; rawBody?: unknown };
    const origin = (): string => originOf(req, () => ctx.app.proxy);
    const request = { req, res, method, headers, url, origin, callbackOnly, rawBody, parsed, frameworkRequest: ctx };
    const isAnswered = await new Promise<boolean>((resolve, fail) =>
      receiveNode(calls, request, {
        accepted: (event) => {
          ctx.callStatus = event as CallStatusEvent;
        },
        answer: ({ status, headers: answered }) => {
          ctx.status = status;
          ctx.set(answered);
          ctx.body = '';
          resolve(true);
        },
        passOn: () => resolve(false),
        fail,
      }),
    );
    if (!isAnswered) await next();
  };
  return middleware;
}
