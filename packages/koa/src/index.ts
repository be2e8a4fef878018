import type {
  AnyCallStatusEvent,
  CallbackReceiver,
  CallStatusEvent,
  CallStatusOptions,
  Provider,
  Receipt,
} from '@call-status/core';
import { isAnswer, type NodeRequest, originOf, receiveNode, toEndpoint } from '@call-status/core/adapter';
import type { Middleware, ParameterizedContext } from 'koa';

export * from '@call-status/core';
export { type CloseGracefullyOptions, closeGracefully } from '@call-status/core/adapter';

declare module 'koa' {
  interface ExtendableContext {
    /** The call status event of this request; absent when it is none. */
    callStatus?: CallStatusEvent;
  }
}

/**
 * Receives call status callbacks in Koa 3, under `app.use`, `router.use` and `router.post`.
 *
 * It answers callbacks by itself, and passes everything else on untouched, whether it comes before or after body parsers.
 *
 * @param receiver what `createCallStatus()` returned, one of its providers (`calls.provider('exotel')`), or the options for one
 * @throws CallStatusError `invalid_options`, `missing_secret`
 * @example
 * ```ts
 * import { callStatusMiddleware, signalwire } from '@call-status/koa';
 * import Router from '@koa/router';
 *
 * const router = new Router();
 * router.post(
 *   '/webhooks/voice',
 *   callStatusMiddleware({
 *     providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })],
 *     onCompleted: (event) => console.log(event.callId, event.durationSeconds),
 *   }),
 * );
 * ```
 */
export function callStatusMiddleware<const Providers extends readonly Provider[] = readonly Provider[]>(
  receiver?: CallbackReceiver | CallStatusOptions<Providers>,
): Middleware {
  const endpoint = toEndpoint(receiver);
  const middleware: Middleware = async (ctx, next) => {
    const { req, res } = ctx;
    const { method = '', headers } = req;
    const callbackOnly = isRoute(ctx, middleware);
    if (!endpoint.accepts({ method, headers, callbackOnly, url: ctx.originalUrl })) return next();
    const { body, rawBody } = ctx.request as { body?: unknown; rawBody?: unknown };
    const given: NodeRequest = {
      req,
      res,
      method,
      headers,
      url: ctx.originalUrl,
      origin: () => originOf(req, () => ctx.app.proxy),
      callbackOnly,
      rawBody,
      parsed: body,
      frameworkRequest: ctx,
    };
    const receipt = await new Promise<Receipt<AnyCallStatusEvent> | undefined>((settle, fail) =>
      receiveNode(endpoint, given, { settle, fail }),
    );
    if (receipt?.event !== undefined) ctx.callStatus = receipt.event as CallStatusEvent;
    if (!isAnswer(endpoint, receipt)) return next();
    ctx.status = receipt.status;
    ctx.set(receipt.headers);
    ctx.body = '';
  };
  return middleware;
}

/** Whether a router matched the very route in which the middleware stands. */
function isRoute(ctx: ParameterizedContext, middleware: Middleware): boolean {
  const { matched } = ctx as { matched?: readonly { methods: readonly string[]; stack: readonly unknown[] }[] };
  return matched?.some(({ methods, stack }) => methods.length > 0 && stack.includes(middleware)) ?? false;
}
