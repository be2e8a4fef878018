import type { CallbackReceiver, CallStatusEvent, CallStatusOptions, Provider } from '@call-status/core';
import { isAnswer, originOf, receiveNode, toEndpoint } from '@call-status/core/adapter';
import type { Request, RequestHandler } from 'express';
import { shareHiddenClass } from './hidden-class.ts';

export * from '@call-status/core';
export { type CloseGracefullyOptions, closeGracefully } from '@call-status/core/adapter';

declare global {
  namespace Express {
    interface Request {
      /** The call status event of this request; absent when it is none. */
      callStatus?: CallStatusEvent;
    }
  }
}

/**
 * Receives call status callbacks in Express 4.17 and later.
 *
 * Mount it at the callback's path, before or after body parsers. It answers callbacks by itself, and passes everything else on untouched.
 * What comes to exactly that path is taken for a callback; of a router at a prefix, mount it in a route and not with `router.use`.
 *
 * @param receiver what `createCallStatus()` returned, one of its providers (`calls.provider('exotel')`), or the options for one
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
 * ```
 */
export function callStatusMiddleware<const Providers extends readonly Provider[] = readonly Provider[]>(
  receiver?: CallbackReceiver | CallStatusOptions<Providers>,
): RequestHandler {
  const endpoint = toEndpoint(receiver);
  const middleware: RequestHandler = (req, res, next) => {
    const { method, headers } = req;
    const callbackOnly =
      isRoute(req, middleware) || (req.baseUrl !== '' && (IS_ROOT.test(req.url) || req.path === '/'));
    if (!endpoint.accepts({ method, headers, callbackOnly, url: req.originalUrl })) return next();
    shareHiddenClass(req, res);
    receiveNode(
      endpoint,
      {
        req,
        res,
        method,
        headers,
        url: req.originalUrl,
        origin: () => originOf(req, () => trustsProxy(req)),
        callbackOnly,
        rawBody: (req as { rawBody?: unknown }).rawBody,
        parsed: req.body,
        frameworkRequest: req,
      },
      {
        settle: (receipt) => {
          if (receipt?.event !== undefined) req.callStatus = receipt.event as CallStatusEvent;
          if (!isAnswer(endpoint, receipt)) return next();
          // Somebody was faster, such as a timeout.
          if (res.headersSent) return;
          res.statusCode = receipt.status;
          for (const [name, value] of Object.entries(receipt.headers)) res.setHeader(name, value);
          res.end();
        },
        fail: next,
      },
    );
  };
  return middleware;
}

/** Behind a mount path, nothing is left but a query. Of a whole URL on the request line, `path` alone tells. */
const IS_ROOT = /^\/(?:\?|$)/;

/**
 * Whether it stands in this very route (`app.post(path, …)`). A route that an earlier `next()` left stays on the request,
 * so that there is one tells nothing.
 */
function isRoute(req: Request, middleware: RequestHandler): boolean {
  const { route } = req as { route?: { stack: readonly { handle: unknown }[] } };
  return route?.stack.some(({ handle }) => handle === middleware) ?? false;
}

/** By Express' own setting. */
function trustsProxy(req: Request): boolean {
  const trusts: (address: string | undefined, hop: number) => boolean = req.app.get('trust proxy fn');
  return trusts(req.socket.remoteAddress, 0);
}
