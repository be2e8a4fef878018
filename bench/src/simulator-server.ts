/** A server that reads each request and answers 200. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerWith } from './child.ts';

const server = createServer((req, res) => {
  req.resume().on('end', () => res.writeHead(200).end());
});

answerWith(
  () => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))),
);
