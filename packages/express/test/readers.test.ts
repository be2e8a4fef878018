// Middlewares of the application that read the body at the same time, with real connections.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import express from 'express';
import { expect, onTestFinished } from 'vitest';
import { testOtherReaders } from '../../core/test/other-readers.ts';
import { callStatusMiddleware, createCallStatus, mycpaas } from '../src/index.ts';

async function start(read: (stream: Readable) => Promise<string>) {
  let all: Promise<string> | undefined;
  const log = { info() {}, warn() {}, error() {} };
  const calls = createCallStatus({ log, providers: [mycpaas({ allowUnauthenticated: true })] });
  const app = express();
  app.use((req, _res, next) => {
    all = read(req);
    next();
  });
  app.use('/mycpaas', callStatusMiddleware(calls));
  app.use(callStatusMiddleware(calls), express.urlencoded({ extended: false }), (req, res) => {
    expect(req.body).toMatchObject({ Other: '1' });
    res.sendStatus(201);
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await calls.close();
  });
  return { port: (server.address() as AddressInfo).port, all: () => all };
}

testOtherReaders(start);
