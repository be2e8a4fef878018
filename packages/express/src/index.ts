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
import type { Request, RequestHandler } from 'express';
import { shareHiddenClass } from './hidden-class.ts';
import { isInRoute } from './in-route.ts';
import { trustsProxy } from './trusts-proxy.ts';

export * from '@call-status/core';
export { type CloseGracefullyOptions, closeGracefully, type MiddlewareOptions } from '@call-status/core/adapter';
export * from './board.ts';

declare global {
  namespace Express {
    interface Request {
      /** The call status event of this request; absent if it is not a callback. */
      callStatus?: CallStatusEvent;
    }
  }
}

/**
 * Receives call status callbacks in Express 4.17 and later. Mount it at the callback's path, before or after body parsers.
 *
 * It answers callbacks itself and passes on everything else untouched. In a route (`app.post(path, …)`) and at exactly the path of a mount
 * (`app.use(path, …)`), everything that is not a valid callback is rejected.
 *
 * @param receiver what `createCallStatus()` returned, one of its providers (`calls.provider('exotel')`), or the options for a new receiver
 * @throws CallStatusError `invalid_options`, `missing_secret`
 * @example
 * ```ts
 * import { callStatusMiddleware, signalwire } from '@call-status/express';
 * import express from 'express';
 *
 * const app = express();
 * app.use(
 *   '/webhooks/voice',
 *   callStatusMiddleware({
 *     providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })],
 *     onCompleted: (event) => console.log(event.callId, event.durationSeconds),
 *   }),
 * );
 * app.listen(3000);
 * ```
 */
export function callStatusMiddleware<const Providers extends readonly Provider[] = readonly Provider[]>(
  receiver?: CallbackReceiver | CallStatusOptions<Providers>,
  options: MiddlewareOptions = {},
): RequestHandler {
  const calls = toReceiver(receiver);
  checkMiddlewareOptions(options);
  const middleware: RequestHandler = (req, res, next) => {
    const { method, headers, originalUrl: url, baseUrl: mountPath, url: restUrl } = req;
    const inRoute = isInRoute(req, next, middleware);
    const callbackOnly = isCallbackOnly({ inRoute, mountPath, url, restUrl }, options);
    if (!calls.accepts({ method, headers, url, callbackOnly })) return next();
    shareHiddenClass(req, res);
    const { body: parsed, rawBody } = req as Request & { rawBody?: unknown };
    const origin = (): string => originOf(req, () => trustsProxy(req));
    const request = { req, res, method, headers, url, origin, callbackOnly, rawBody, parsed, frameworkRequest: req };
    receiveNode(calls, request, {
      accepted: (event) => {
        req.callStatus = event as CallStatusEvent;
      },
      answer: ({ status, headers: answered }) => {
        // Other code, such as a timeout, has already answered.
        if (res.headersSent) return;
        res.statusCode = status;
        for (const [name, value] of Object.entries(answered)) res.setHeader(name, value);
        res.end();
      },
      passOn: next,
      fail: next,
    });
  };
  return middleware;
}
