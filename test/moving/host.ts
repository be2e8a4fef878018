/**
 * A host for a test that kills it. Environment variables: NAME, FILE (a SQLite inbox), DATABASE and SCHEMA (where to move it; without them, it
 * stays), JOURNAL (the file in which it notes each attempt). It prints its port, and `moved` when everything has been moved.
 */
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCallStatus, mycpaas } from '@call-status/core';
import { moveInbox } from '@call-status/core/inbox';
import { postgresInbox } from '@call-status/inbox-postgres';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { CONCURRENCY } from './settings.ts';

const { NAME = '', FILE = '', DATABASE, SCHEMA = '', JOURNAL = '' } = process.env;

const file = sqliteInbox({ path: FILE });
const moving = DATABASE === undefined ? undefined : moveInbox(file, postgresInbox({ url: DATABASE, schema: SCHEMA }));
void moving?.moved.then(() => console.log('moved'));

let attempts = 0;

const calls = createCallStatus({
  providers: [mycpaas({ token: 't' })],
  inbox: moving ?? file,
  concurrency: CONCURRENCY,
  leaseMs: 2000,
  retry: { attempts: 1000, backoff: () => 20 },
  log: { warn() {}, error() {} },
  async onStatus({ callId, status }) {
    const attempt = `${NAME} ${++attempts} ${callId} ${status}`;
    appendFileSync(JOURNAL, `began ${attempt}\n`);
    await sleep(Math.random() * 10);
    const fails = Math.random() < 0.1;
    appendFileSync(JOURNAL, `${fails ? 'failed' : 'handled'} ${attempt}\n`);
    if (fails) throw new Error('One of ten handlers fails.');
  },
});

const server = createServer(async (request, response) => {
  const { url = '', method = '', headers } = request;
  const body = Buffer.from(await text(request));
  const receipt = await calls.receive({ method, url, headers, origin: 'https://example.com', body });
  response.writeHead(receipt?.status ?? 404, receipt?.headers).end();
});

await calls.ready();
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
