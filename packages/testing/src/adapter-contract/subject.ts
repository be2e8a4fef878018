import { once } from 'node:events';
import { Agent, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AnyCallStatusEvent,
  builtInProviders,
  type CallStatusError,
  type CallStatusOptions,
  createCallStatus,
  type Provider,
  type Receiver,
} from '@call-status/core';
import type { CallbackReceiver } from '@call-status/core/adapter';
import { optionsFor } from '../callback/proof.ts';
import type { Fixture } from '../fixtures/fixture-file.ts';
import { nextTurn } from '../real-time.ts';
import type { Adapter, Mount, Setup } from './adapter.ts';
import { type Seen, see } from './application.ts';
import { genuine, NOW, outgoing, PATH, SECRET } from './callbacks.ts';
import { type Answer, type Outgoing, send } from './client.ts';

/** All built-in providers, each with its secret. */
export const PROVIDERS: readonly Provider[] = builtInProviders.map((provider) =>
  provider(optionsFor(provider, SECRET)),
);

/** How to open a subject. */
export interface SubjectOptions extends Partial<Omit<Setup, 'endpoint' | 'application'>> {
  readonly options?: CallStatusOptions;
  /** The provider of the URL; without it, all providers are used. */
  readonly named?: string;
}

/** A running application with call-status in it, and a client with one connection. */
export interface Subject {
  readonly calls: Receiver<AnyCallStatusEvent>;
  readonly server: Server;
  readonly port: number;
  readonly origin: string;
  /** The events that reached `onStatus`, and the codes that reached `onError`, in order. */
  readonly events: readonly AnyCallStatusEvent[];
  readonly errors: readonly CallStatusError[];
  /** The log: each message, followed by its details as JSON. */
  readonly lines: readonly string[];
  /** Every log line and every error with all its properties, as one text. */
  told(): string;
  send(request: Outgoing | Fixture): Promise<Answer>;
  /** Sends a callback as its provider does. */
  deliver(callback: Fixture): Promise<Answer>;
  /** How many requests reached the application's own code. */
  reached(): number;
  /** Waits until this many events have been handled. */
  handled(count: number): Promise<readonly AnyCallStatusEvent[]>;
  /** Stops the application. */
  stop(): Promise<void>;
}

/** Starts an application. */
export async function openSubject(adapter: Adapter, mount: Mount, given: SubjectOptions = {}): Promise<Subject> {
  const { options = {}, named, ...setup } = given;
  const events: AnyCallStatusEvent[] = [];
  const errors: CallStatusError[] = [];
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let reached = 0;
  const log = (details: object, message: string): void => {
    lines.push(message, JSON.stringify(details));
  };
  const calls = createCallStatus({
    providers: PROVIDERS,
    clock: () => NOW,
    log: { info: log, warn: log, error: log },
    ...options,
  }) as unknown as Receiver<AnyCallStatusEvent>;
  calls.onStatus((event) => {
    events.push(event);
    for (const wake of waiting) wake();
  });
  calls.onError((error) => {
    errors.push(error);
  });
  const endpoint: CallbackReceiver = named === undefined ? calls : calls.provider(named as never);
  const server = await adapter.start({
    endpoint,
    path: PATH,
    mount: mount.name,
    order: 'after',
    trustProxy: false,
    application: (req, parsed, event) => {
      reached++;
      return see(req, parsed, event);
    },
    arriving: async () => {},
    leaving: async () => {},
    ...setup,
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const sendOne = async (request: Outgoing | Fixture): Promise<Answer> => {
    const answer = await send(port, 'evidence' in request ? outgoing(request) : request, agent);
    // A refusal is diagnosed after its answer, and then reported.
    await nextTurn();
    return answer;
  };
  return {
    calls,
    server,
    port,
    origin,
    events,
    errors,
    lines,
    told: () => JSON.stringify([lines, errors.map(({ message, details, cause }) => [message, details, String(cause)])]),
    send: sendOne,
    deliver: (callback) => sendOne(genuine(callback, origin)),
    reached: () => reached,
    handled: async (count) => {
      while (events.length < count) await new Promise<void>((wake) => waiting.add(wake));
      return events;
    },
    async stop() {
      agent.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await calls.close({ deadlineMs: 0 });
    },
  };
}

/** What the application saw of a request that reached it. */
export function seen({ body }: Answer): Seen {
  return JSON.parse(body);
}
