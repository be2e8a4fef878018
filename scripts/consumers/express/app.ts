import type { AddressInfo } from 'node:net';
import { callStatusMiddleware, createCallStatus, signalwire } from '@call-status/express';
import express from 'express';
import { checkRoundTrip, onCompleted, SIGNING_KEY } from './callback.ts';

const calls = createCallStatus({
  providers: [signalwire({ signingKey: SIGNING_KEY, onCompleted })],
});

const app = express();
app.use('/webhooks/voice', callStatusMiddleware(calls));

const server = app.listen(0, '127.0.0.1', async () => {
  await checkRoundTrip((server.address() as AddressInfo).port);
  server.close();
  await calls.close();
});
