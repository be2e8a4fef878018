import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AnyCallStatusEvent,
  builtInProviders,
  createCallStatus,
  type Inbox,
  type KeepRefusedOptions,
  type Receiver,
} from '@call-status/core';
import { callStatusMiddleware as expressMiddleware } from '@call-status/express';
import { callStatusPlugin } from '@call-status/fastify';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { callStatusMiddleware as koaMiddleware } from '@call-status/koa';
import { optionsFor } from '@call-status/testing';
import express from 'express';
import Fastify from 'fastify';
import Koa from 'koa';
import { onTestFinished } from 'vitest';
import { variableOf } from '../src/input/secrets.ts';

/** The secret or token of every provider of a test's server. */
export const SECRET = 'of the test';

/** The environment variables in which the command line finds it. */
export const PROOFS: Readonly<Record<string, string>> = Object.fromEntries(
  builtInProviders.map(({ definition: { name, secretOption = 'token', publicKeyOf } }) => [
    variableOf(name, publicKeyOf === undefined ? secretOption : 'testKey'),
    SECRET,
  ]),
);

/** The frameworks that have an adapter. */
export const FRAMEWORKS = ['express', 'koa', 'fastify'] as const;

/** A server with all built-in providers, each at `/webhooks/<provider>`. */
export interface TestServer {
  readonly origin: string;
  readonly calls: Receiver;
  /** What its handlers got, in their order. */
  readonly events: readonly AnyCallStatusEvent[];
  /** The callback URL of a provider. */
  url(provider: string): string;
}

/** How to start a server. */
export interface ServerOptions {
  /** @default in memory */
  readonly inbox?: Inbox;
  /** @default none, so that signatures cover the URL as it was called */
  readonly publicUrl?: string;
  /** @default rejected requests are kept without their content */
  readonly keepRefused?: KeepRefusedOptions;
}

/** Starts a real server; it is stopped after the test. */
export async function startServer(
  framework: (typeof FRAMEWORKS)[number],
  { inbox, publicUrl, keepRefused }: ServerOptions = {},
): Promise<TestServer> {
  const events: AnyCallStatusEvent[] = [];
  const calls = createCallStatus({
    providers: builtInProviders.map((provider) => provider(optionsFor(provider, SECRET))),
    log: { warn() {}, error() {} },
    onStatus: (event) => void events.push(event),
    ...(inbox && { inbox }),
    ...(publicUrl !== undefined && { publicUrl }),
    ...(keepRefused && { keepRefused }),
  });
  const server = await SERVERS[framework](calls);
  if (!server.listening) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await calls.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, calls, events, url: (provider) => `${origin}/webhooks/${provider}` };
}

const NAMES = builtInProviders.map(({ definition }) => definition.name);

const SERVERS: Readonly<Record<(typeof FRAMEWORKS)[number], (calls: Receiver) => Server | Promise<Server>>> = {
  express(calls) {
    const app = express();
    for (const name of NAMES) app.use(`/webhooks/${name}`, expressMiddleware(receiverOf(calls, name)));
    return createServer(app);
  },
  koa(calls) {
    const app = new Koa();
    // It prints each connection that breaks.
    app.silent = true;
    for (const name of NAMES) {
      const middleware = koaMiddleware(receiverOf(calls, name));
      app.use((context, next) => (context.path === `/webhooks/${name}` ? middleware(context, next) : next()));
    }
    return createServer(app.callback() as RequestListener);
  },
  async fastify(calls) {
    const app = Fastify();
    for (const name of NAMES)
      app.register(callStatusPlugin, { path: `/webhooks/${name}`, receiver: receiverOf(calls, name) });
    await app.listen({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => app.close());
    return app.server;
  },
};

function receiverOf(calls: Receiver, name: string) {
  return calls.provider(name as 'exotel');
}

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'call-status-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A new inbox in a file, as a service opens it: `path`, and the inbox for a receiver. */
export function temporaryInbox(): { readonly path: string; readonly inbox: Inbox } {
  const path = join(temporaryFolder(), 'calls.db');
  return { path, inbox: sqliteInbox({ path, create: true }) };
}
