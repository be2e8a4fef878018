/** An adapter for node:http: callbacks at a path, and everything else to the application. */
import type { IncomingMessage, RequestListener } from 'node:http';
import { type CallbackReceiver, originOf, receiveNode } from '@call-status/core/adapter';

export interface NodeAdapterOptions {
  readonly path: string;
  readonly trustProxy: boolean;
  readonly application: RequestListener;
}

/** The event that was accepted, for the application. */
export const eventOf = new WeakMap<IncomingMessage, unknown>();

export function callStatusListener(
  receiver: CallbackReceiver,
  { path, trustProxy, application }: NodeAdapterOptions,
): RequestListener {
  return (req, res) => {
    const { method = '', url = '', headers } = req;
    const callbackOnly = true;
    if (url.split('?')[0] !== path || !receiver.accepts({ method, url, headers, callbackOnly })) {
      application(req, res);
      return;
    }
    const origin = (): string => originOf(req, () => trustProxy);
    receiveNode(
      receiver,
      { req, res, method, url, headers, origin, callbackOnly, frameworkRequest: req },
      {
        accepted: (event) => void eventOf.set(req, event),
        answer: (receipt) => void res.writeHead(receipt.status, { ...receipt.headers, 'content-length': 0 }).end(),
        passOn: () => application(req, res),
        fail: () => void res.writeHead(500).end(),
      },
    );
  };
}
