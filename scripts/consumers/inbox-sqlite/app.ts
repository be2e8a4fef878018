import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createCallStatus, signalwire } from '@call-status/core';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { checkRoundTrip, onCompleted, SIGNING_KEY } from './callback.ts';

const calls = createCallStatus({
  inbox: sqliteInbox({ path: 'calls.db' }),
  providers: [signalwire({ signingKey: SIGNING_KEY, onCompleted })],
});

const server = createServer(async (req, res) => {
  const receipt = await calls.receive({
    method: req.method ?? '',
    url: req.url ?? '',
    origin: `http://${req.headers.host}`,
    headers: req.headers,
    body: await buffer(req),
  });
  res.writeHead(receipt?.status ?? 404, receipt?.headers).end();
});
server.listen(0, '127.0.0.1', async () => {
  await checkRoundTrip((server.address() as AddressInfo).port);
  server.close();
  await calls.close();
});
