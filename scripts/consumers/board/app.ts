/** The page comes with the package, and shows a call that the receiver has accepted. */
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { basic, createBoard } from '@call-status/board';
import { boardMiddleware, callStatusMiddleware, createCallStatus, signalwire } from '@call-status/express';
import express from 'express';
import { checkRoundTrip, onCompleted, SIGNING_KEY } from './callback.ts';

const calls = createCallStatus({ providers: [signalwire({ signingKey: SIGNING_KEY, onCompleted })] });
const board = createBoard({ calls, auth: basic({ user: 'ops', password: 'secret' }) });
const headers = { authorization: `Basic ${btoa('ops:secret')}` };

const app = express();
app.use('/webhooks/voice', callStatusMiddleware(calls));
app.use('/ops/calls', boardMiddleware(board));

const server = app.listen(0, '127.0.0.1', async () => {
  const { port } = server.address() as AddressInfo;
  await checkRoundTrip(port);
  const get = (path: string) => fetch(`http://127.0.0.1:${port}/ops/calls${path}`, { headers });
  const page = await get('');
  const html = await page.text();
  assert.equal(page.url, `http://127.0.0.1:${port}/ops/calls/`);
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name);
  assert.ok(files.includes('app.js'));
  for (const name of [...files, 'third-party.txt']) assert.equal((await get(`/${name}`)).status, 200, name);
  assert.match(await (await get('/api/calls')).text(), /"status":"completed"/);
  board.close();
  server.close();
  server.closeAllConnections();
  await calls.close();
});
