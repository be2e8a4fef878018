/** A process that receives callbacks and handles none. Prints its origin, then the span of each callback. Argument: the file of the inbox. */

import type { AddressInfo } from 'node:net';
import { callStatusMiddleware, createCallStatus, signalwire } from '@call-status/express';
import { sqliteInbox } from '@call-status/inbox-sqlite';
import { instrumentCallStatus } from '@call-status/opentelemetry';
import { BasicTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import express from 'express';

const printer: SpanProcessor = {
  onStart() {},
  onEnd: (span) => console.log(`span ${JSON.stringify([span.name, span.spanContext()])}`),
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};
const tracerProvider = new BasicTracerProvider({ spanProcessors: [printer] });
const { traceContext } = instrumentCallStatus({ tracerProvider });

const app = express();
const calls = createCallStatus({
  inbox: sqliteInbox({ path: process.argv[2] ?? '', create: true }),
  providers: [signalwire({ signingKey: 'a-long-secret-of-the-test' })],
  worker: false,
  traceContext,
});
app.use('/webhooks/voice', callStatusMiddleware(calls));
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/voice`);
});
