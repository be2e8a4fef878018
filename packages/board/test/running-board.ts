// A receiver of all providers with a board, on a server on loopback: for people who build the page, and for tests.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createBoard, type Permissions } from '@call-status/board';
import { builtInProviders, createCallStatus, type Inbox, memoryInbox, type Receiver } from '@call-status/core';
import { originOf, serveBoard } from '@call-status/core/adapter';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { forged, optionsFor, type ProviderLike, proofFor, scenario, scenariosOf, unsigned } from '@call-status/testing';

const SECRET = 'a-secret-of-this-demo';
const MASKED = '/masked';
const ALL: Permissions = { view: true, raw: true, replay: true, reconcile: true, forget: true };

export interface RunningBoardOptions {
  /** @default a free one */
  readonly port?: number;
  /** @default in memory */
  readonly sqlite?: boolean;
  /** How many refusals are kept. @default 500 */
  readonly refusals?: number;
  /** @default all; below `/masked/`, only what is allowed by default */
  readonly can?: Partial<Permissions>;
}

export interface RunningBoard extends AsyncDisposable {
  readonly url: string;
  readonly calls: Receiver<never>;
  readonly inbox: Inbox;
  /** The ids of the events whose handler of busy calls was called, in their order. */
  readonly handled: readonly string[];
  /** Plays one call of a provider; `pause` is awaited between its callbacks. */
  play(call: number, pause?: () => Promise<unknown>): Promise<void>;
  /** Sends a callback that is refused. */
  forge(number: number): Promise<void>;
}

/** Starts it. Handlers of some calls fail once, or for good. */
export async function runningBoard(options: RunningBoardOptions = {}): Promise<RunningBoard> {
  const { port = 0, sqlite = false, refusals = 500, can } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'call-status-board-'));
  const inbox = sqlite ? sqliteInbox({ path: path.join(folder, 'calls.db') }) : memoryInbox();
  const failed = new Set<string>();
  const handled: string[] = [];
  const calls = createCallStatus({
    providers: builtInProviders.map((provider) => provider(optionsFor(provider, SECRET))),
    inbox,
    keepRefused: { raw: true, rows: refusals },
    retry: { attempts: 2, backoff: () => 2000 },
    log: { warn() {}, error() {} },
    onCompleted: async ({ id }) => {
      if (failed.has(id) || Number.parseInt(id.slice(-1), 36) % 3 !== 0) return;
      failed.add(id);
      throw new Error(`The CRM answered 502 to contact ${id.length}.`);
    },
    onBusy: ({ id, to = '' }) => {
      handled.push(id);
      throw new TypeError(`Cannot read properties of undefined (reading 'campaign') of ${to}`);
    },
  });
  const board = createBoard({
    calls,
    allowUnauthenticated: true,
    can: ({ url }) => can ?? (new URL(url).pathname.startsWith(MASKED) ? { view: true } : ALL),
  });
  const server = createServer((req, res) => {
    const { url = '/' } = req;
    const exchange = { req, res, url, origin: () => originOf(req, () => false) };
    serveBoard(board, exchange, { mountPath: url.startsWith(MASKED) ? MASKED : '', frameworkRequest: req }).catch(() =>
      res.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    calls: calls as never,
    inbox,
    handled,
    play: async (number, pause) => {
      const provider = providerOf(number);
      const names = scenariosOf(provider);
      const name = names[number % names.length] as (typeof names)[number];
      const played = scenario(name, { provider, ...proofFor(provider, SECRET), seed: number + 1 });
      for (const { callback } of played.deliveries) {
        await calls.receive(callback);
        await pause?.();
      }
    },
    forge: async (number) => {
      const provider = providerOf(number);
      const { deliveries } = scenario('outbound-answered', {
        provider,
        ...proofFor(provider, SECRET),
        seed: number + 1,
      });
      const { callback } = deliveries[0] as (typeof deliveries)[0];
      await calls.receive((number % 3 === 0 ? unsigned : forged)(callback));
    },
    [Symbol.asyncDispose]: async () => {
      board.close();
      server.close();
      server.closeAllConnections();
      await calls.close({ deadlineMs: 1000 });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function providerOf(number: number): ProviderLike {
  return builtInProviders[number % builtInProviders.length] as ProviderLike;
}
