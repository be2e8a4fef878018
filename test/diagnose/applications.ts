// Real applications: a receiver sees what its adapter makes of a request.
import { builtInProviders, type CallbackRequest, createCallStatus, type Receiver } from '@call-status/core';
import { callStatusMiddleware as expressMiddleware } from '@call-status/express';
import { callStatusPlugin } from '@call-status/fastify';
import { callStatusMiddleware as koaMiddleware } from '@call-status/koa';
import { callback, optionsFor, send } from '@call-status/testing';
import express, { type Application, type RequestHandler } from 'express';
import fastify, { type FastifyServerOptions } from 'fastify';
import Koa from 'koa';

type Name = (typeof builtInProviders)[number]['definition']['name'];
type Pass = (request: CallbackRequest) => Promise<CallbackRequest>;

/** An application of Express, with whatever else is mounted there. */
export function throughExpress(name: Name, mount: (app: Application, middleware: RequestHandler) => void): Pass {
  return seenBy(name, async (receiver, request) => {
    const app = express();
    mount(app, expressMiddleware(receiver));
    await send(app, request);
  });
}

/** An application of Koa. */
export function throughKoa(name: Name, options: { readonly proxy?: boolean } = {}): Pass {
  return seenBy(name, async (receiver, request) => {
    const app = new Koa(options);
    app.use(koaMiddleware(receiver));
    await send(app, request);
  });
}

/** An application of Fastify. */
export function throughFastify(name: Name, path: string, options: FastifyServerOptions = {}): Pass {
  return seenBy(name, async (receiver, request) => {
    const app = fastify(options);
    await app.register(callStatusPlugin, { receiver, path });
    await send(app, request);
    await app.close();
  });
}

/** A framework with requests of the Fetch API, which have the URL as the URL standard writes it. */
export function throughFetch(name: Name): Pass {
  return seenBy(name, async (receiver, request) => {
    await receiver.fetch(callback.fetch(request));
  });
}

/** The request that the receiver asks for its secret. */
function seenBy(name: Name, pass: (receiver: Receiver<never>, request: CallbackRequest) => Promise<void>): Pass {
  const provider = builtInProviders.find(
    ({ definition }) => definition.name === name,
  ) as (typeof builtInProviders)[number];
  return async (sent) => {
    let seen: CallbackRequest | undefined;
    const [option = '', secret] = Object.entries(optionsFor(provider, 'any'))[0] ?? [];
    const secretOf = ({ method, url, origin, headers, body, parsed }: CallbackRequest): string | undefined => {
      seen = { method, url, origin, headers, body, parsed };
      return secret;
    };
    const receiver = createCallStatus({
      providers: [provider({ [option]: secretOf })],
      log: { info() {}, warn() {}, error() {} },
    });
    await pass(receiver as never, sent);
    await receiver.close();
    if (seen === undefined) throw new Error('The receiver did not take the request for a callback.');
    return seen;
  };
}
