import type { RequestListener } from 'node:http';
import { type CallbackReceiver, originOf, receiveNode } from '@call-status/core/adapter';

/** An adapter of a third party, for a server of node without a framework. */
export function listener(receiver: CallbackReceiver): RequestListener {
  return (req, res) => {
    const { method = '', url = '', headers } = req;
    const passOn = () => res.writeHead(404).end();
    if (!receiver.accepts({ method, url, headers, callbackOnly: true })) return passOn();
    const request = {
      req,
      res,
      method,
      url,
      headers,
      callbackOnly: true,
      frameworkRequest: req,
      origin: () => originOf(req, () => true),
    };
    return receiveNode(receiver, request, {
      accepted() {},
      answer: (receipt) => res.writeHead(receipt.status, receipt.headers).end(),
      passOn,
      fail: () => res.writeHead(500).end(),
    });
  };
}
