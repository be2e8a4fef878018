/**
 * A host for tests that kill it. Environment variables: ROLE (`web` receives signed callbacks over HTTP and works on nothing, `worker` only
 * works), NAME, DATABASES (URLs, separated by spaces), SCHEMA, JOURNAL (the file in which it notes each attempt), BREAK (`ack`: it
 * acknowledges before the commit, which loses events; `effects`: its handlers write beside the transaction of the event).
 */
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCallStatus, type Inbox, signalwire } from '@call-status/core';
import pg from 'pg';
import { postgresInbox } from '../../src/index.ts';
import {
  CONCURRENCY,
  EFFECTS,
  FAILING,
  LEASE_MS,
  PUBLIC_URL,
  QUERY_TIMEOUT_MS,
  SIGNING_KEY,
  WITH_EFFECT,
} from './settings.ts';

const { ROLE, NAME = '', DATABASES = '', SCHEMA = '', JOURNAL = '', BREAK } = process.env;
const [url = '', ...others] = DATABASES.split(' ');

const inbox = postgresInbox({
  ...(others.length > 0 ? { hosts: [url, ...others] } : { url }),
  schema: SCHEMA,
  queryTimeoutMs: QUERY_TIMEOUT_MS,
});

/** What a careless inbox does: it answers first and commits later. */
function acknowledgingEarly(target: Inbox): Inbox {
  const record: Inbox['record'] = async (event) => {
    target.record(event).catch(() => {});
    return { transition: 'advance', done: false };
  };
  return new Proxy(target, {
    get(_, name) {
      if (name === 'record') return record;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

const beside = new pg.Pool({ connectionString: url, max: 2 });
beside.on('error', () => {});

let attempts = 0;

const calls = createCallStatus({
  providers: [signalwire({ signingKey: SIGNING_KEY })],
  publicUrl: PUBLIC_URL,
  inbox: BREAK === 'ack' ? acknowledgingEarly(inbox) : inbox,
  worker: ROLE === 'worker',
  concurrency: CONCURRENCY,
  leaseMs: LEASE_MS,
  retry: { attempts: 1000, backoff: () => 20 },
  log: { warn() {}, error() {} },
  async onStatus({ callId, status }, { signal, transaction }) {
    const attempt = `${NAME} ${++attempts} ${callId} ${status}`;
    const note = (what: string): void => appendFileSync(JOURNAL, `${what} ${attempt}\n`);
    note('began');
    try {
      if (WITH_EFFECT.includes(status)) {
        const writer = BREAK === 'effects' ? beside : transaction;
        await writer.query(`INSERT INTO ${SCHEMA}.${EFFECTS} VALUES ($1)`, [`${callId} ${status}`]);
      }
      await sleep(Math.random() * 20, undefined, { signal });
      if (Math.random() < FAILING) throw new Error('One of five handlers fails.');
    } catch (error) {
      note('failed');
      throw error;
    }
    note('handled');
  },
});

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  const { url: path = '', method = '', headers } = request;
  // A client that is gone needs no answer.
  const body = await bodyOf(request).catch(() => undefined);
  if (body === undefined) return;
  const receipt = await calls.receive({ method, url: path, headers, origin: PUBLIC_URL, body });
  response.writeHead(receipt?.status ?? 404, receipt?.headers).end();
});

/** As a supervisor would restart it: the server may be away just now. */
async function untilReady(): Promise<void> {
  try {
    await inbox.ready?.({ create: true });
  } catch {
    await sleep(200);
    await untilReady();
  }
}

await untilReady();
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));

process.once('SIGTERM', async () => {
  server.close();
  server.closeAllConnections();
  await calls.close();
  await beside.end();
  process.exit(0);
});
