import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { exotel } from '@call-status/core';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callback } from '../callback/callback.ts';
import { AnswerReader } from './answer-reader.ts';
import { callbackSender } from './sender.ts';

const BUSY = callback(exotel, 'busy', { url: '/voice', token: 't' });

/** A server that writes these answers, one for each request, in the pieces given. */
async function answering(
  ...answers: readonly (readonly string[])[]
): Promise<{ origin: string; connections: Socket[] }> {
  const connections: Socket[] = [];
  let next = 0;
  const server: Server = createServer((socket) => {
    connections.push(socket);
    let seen = '';
    socket
      .on('error', () => {})
      .on('data', async (bytes) => {
        seen += bytes.toString('latin1');
        const [, length = '0'] = /content-length: (\d+)/.exec(seen) ?? [];
        const head = seen.indexOf('\r\n\r\n');
        if (head < 0 || seen.length < head + 4 + Number(length)) return;
        seen = '';
        for (const piece of answers[next++] ?? []) {
          if (piece === 'END') socket.end();
          else socket.write(piece);
          await new Promise((resolve) => setImmediate(resolve));
        }
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of connections) socket.destroy();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections };
}

async function statusesOf(answers: readonly (readonly string[])[], sockets = 1) {
  const { origin, connections } = await answering(...answers);
  const sender = callbackSender(origin, { sockets, timeoutMs: 2000 });
  onTestFinished(() => sender.close());
  const statuses: unknown[] = [];
  for (const _ of answers)
    statuses.push(await sender.send({ callback: BUSY }).catch((error: { code: string }) => error.code));
  return { statuses, connections: connections.length };
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

it.each<[string, readonly (readonly string[])[], readonly unknown[], number]>([
  ['keeps a connection', [[OK], [OK], [OK]], [200, 200, 200], 1],
  [
    'reads chunks, with extensions and a trailer',
    [['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n', '0\r\nX: 1\r\n\r\n'], [OK]],
    [200, 200],
    1,
  ],
  ['reads an answer without a body', [['HTTP/1.1 204 No Content\r\n\r\n'], [OK]], [204, 200], 1],
  [
    'skips interim answers',
    [['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', OK], [OK]],
    [200, 200],
    1,
  ],
  ['reads to the end without a length', [['HTTP/1.1 403 Forbidden\r\n\r\nno', 'END'], [OK]], [403, 200], 2],
  [
    'leaves a connection that the server closes',
    [['HTTP/1.1 503 Busy\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n'], [OK]],
    [503, 200],
    2,
  ],
  ['leaves a connection of HTTP/1.0', [['HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n'], [OK]], [200, 200], 2],
  [
    'keeps one of HTTP/1.0 that the server keeps',
    [['HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n'], [OK]],
    [200, 200],
    1,
  ],
  ['fails for what is not HTTP', [['SSH-2.0-x\r\n\r\n'], [OK]], ['HPE_INVALID', 200], 2],
  [
    'fails for a length that is no number',
    [['HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'], [OK]],
    ['HPE_INVALID', 200],
    2,
  ],
  ['fails for more than it says', [[`${OK}more`], [OK]], ['HPE_INVALID', 200], 2],
  [
    'fails for a chunk without a size',
    [['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'], [OK]],
    ['HPE_INVALID', 200],
    2,
  ],
  [
    'fails for a line of a chunk without an end',
    [['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'a'.repeat(70_000)], [OK]],
    ['HPE_INVALID', 200],
    2,
  ],
  ['fails for endless headers', [['HTTP/1.1 200 OK\r\n', `X: ${'a'.repeat(70_000)}`], [OK]], ['HPE_INVALID', 200], 2],
  [
    'fails when the answer breaks off',
    [['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok', 'END'], [OK]],
    ['ECONNRESET', 200],
    2,
  ],
])('%s', async (_title, answers, statuses, connections) => {
  expect(await statusesOf(answers)).toEqual({ statuses, connections });
});

it('sends what is not HTTP nowhere', async () => {
  const { origin, connections } = await answering();
  const sender = callbackSender(origin);
  for (const changes of [
    { url: '/a b' },
    { url: '/a\r\nX: y' },
    { headers: { a: 'b\r\nc: d' } },
    { headers: { 'a b': 'c' } },
  ]) {
    await expect(sender.send({ callback: { ...BUSY, ...changes } })).rejects.toThrow(TypeError);
  }
  expect(connections).toEqual([]);
  sender.close();
});

it('opens another connection when the server gives up an idle one', async () => {
  const { origin, connections } = await answering([OK], [OK]);
  const sender = callbackSender(origin);
  expect(await sender.send({ callback: BUSY })).toBe(200);
  const closed = once(connections[0] as Socket, 'close');
  connections[0]?.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
  await closed;
  expect([await sender.send({ callback: BUSY }), connections.length]).toEqual([200, 2]);
  sender.close();
});

it.each(['http://127.0.0.77', 'https://localhost'])('knows the port of %s', async (origin) => {
  const sender = callbackSender(origin);
  await expect(sender.send({ callback: BUSY })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  sender.close();
});

it('gives each connection to one callback at a time', async () => {
  const { origin, connections } = await answering(...Array.from({ length: 60 }, () => [OK]));
  const sender = callbackSender(origin, { sockets: 4 });
  const statuses = await Promise.all(Array.from({ length: 60 }, () => sender.send({ callback: BUSY })));
  expect(statuses).toEqual(Array(60).fill(200));
  expect(connections.length).toBe(4);
  sender.close();
});

describe('reads an answer', () => {
  const answers = [
    OK,
    'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n5\r\nab\r\nc\r\nA\r\n0123456789\r\n0\r\n\r\n',
  ];

  function isRead(pieces: Iterable<string>): boolean {
    const reader = new AnswerReader();
    for (const piece of pieces) reader.take(Buffer.from(piece, 'latin1'));
    return reader.isComplete && reader.status === 200 && reader.keepsAlive;
  }

  it.each(answers)('byte by byte', (answer) => {
    expect(isRead(answer)).toBe(true);
  });

  it('in any pieces', () => {
    fc.assert(
      fc.property(fc.constantFrom(...answers), fc.array(fc.nat(80)), (answer, cuts) => {
        const places = [0, ...cuts.map((cut) => cut % answer.length).sort((one, other) => one - other), answer.length];
        return isRead(places.slice(1).map((end, index) => answer.slice(places[index], end)));
      }),
    );
  });
});
