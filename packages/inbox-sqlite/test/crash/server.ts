/**
 * A server for tests that kill it. It receives callbacks of a made-up provider, appends the id of each handled event to a list, and prints
 * its port. Environment variables: DB (the database), HANDLED (the list), FLAKY (the handler fails half of the time), SYNCHRONOUS (replaces
 * FULL).
 */
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCallStatus } from '@call-status/core';
import { defineProvider } from '@call-status/core/provider';
import * as v from 'valibot';
import { loadEngine } from '../../src/database/engine.ts';
import { resolveOptions } from '../../src/options.ts';
import { SqliteInbox } from '../../src/sqlite-inbox.ts';
import { Connection } from '../../src/store/connection.ts';
import { startThread } from '../../src/thread/start-thread.ts';

const { DB = '', HANDLED = '', FLAKY } = process.env;

const disk = new BroadcastChannel('disk');

const options = resolveOptions({ path: DB, create: true });
const inbox = new SqliteInbox(options, new Connection(DB, loadEngine()), (waits) =>
  startThread(new URL('./thread.js', import.meta.url), options, waits),
);

const acme = defineProvider({
  name: 'acme',
  signs: 'nothing',
  statuses: { queued: 'queued', ringing: 'ringing', answered: 'in-progress', completed: 'completed' },
  schema: v.looseObject({ call: v.string(), state: v.string() }),
  recognizes: () => true,
  normalize: ({ call, state }) => ({ callId: call, rawStatus: state }),
  eventKey: ({ state }) => state,
  callbackParams: undefined,
});

const silent = { info() {}, warn() {}, error() {} };

const calls = createCallStatus({
  providers: [acme({ allowUnauthenticated: true })],
  inbox,
  leaseMs: 1000,
  retry: { attempts: 1000, backoff: () => 20 },
  log: silent,
  onStatus: ({ id }) => {
    if (FLAKY !== undefined && Math.random() < 0.5) throw new Error('This handler fails half of the time.');
    appendFileSync(HANDLED, `${id}\n`);
  },
});

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  const { url = '', method = '', headers } = request;
  if (url.startsWith('/disk/')) {
    disk.postMessage(url.slice('/disk/'.length));
    response.end();
    return;
  }
  const body = await bodyOf(request);
  const receipt = await calls.receive({ method, url, headers, origin: 'http://127.0.0.1', body });
  response.writeHead(receipt?.status ?? 404, receipt?.headers).end();
});

server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
