import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { CloseOptions } from '../receiver/types.ts';
import { type Closable, closeGracefully, type NodeServer, timeToClose } from './close-gracefully.ts';

const CALLS = 'calls: pass what createCallStatus() returned; got an object.';
const SERVER = (kind: string): string => `server: pass what app.listen() returned, or a Fastify instance; got ${kind}.`;

/** Longer than a test may take: what ends all the same did not wait for it. */
const FOREVER = { deadlineMs: 600_000 };

it('gives busy connections a last answer, and breaks no request off', async () => {
  const server = await listening(createServer((_req, res) => res.end()));
  const agent = new Agent({ keepAlive: true });
  let answers = 0;
  // As a load balancer does that sends new connections elsewhere.
  const client = async (): Promise<void> => {
    while ((await ask(server, agent)) !== 'close') answers++;
  };
  const clients = Promise.all(Array.from({ length: 8 }, client));
  while (answers < 100) await sleep(1);
  const calls = receiver();
  await Promise.all([closeGracefully(server, calls, FOREVER), clients]);
  expect(calls.closed).toHaveLength(1);
});

it('closes connections that are idle, and those that an answer leaves idle', async () => {
  let answer: ServerResponse | undefined;
  const server = await listening(
    createServer((req, res) => {
      if (req.url === '/slow') {
        res.flushHeaders();
        answer = res;
      } else res.end();
    }),
  );
  const agent = new Agent({ keepAlive: true });
  await ask(server, agent);
  const slow = ask(server, agent, '/slow');
  while (answer === undefined) await sleep(1);
  const closed = closeGracefully(server, undefined, FOREVER);
  await sleep(1000);
  answer.end();
  expect(await slow).toBe('keep-alive');
  await closed;
});

it('gives requests that do not end half of the deadline, and running handlers the rest', async () => {
  const server = await listening(createServer(() => {}));
  const socket = connect(portOf(server), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  await once(server, 'request');
  const silent = connect(portOf(server), '127.0.0.1');
  const calls = receiver();
  await Promise.all([
    closeGracefully(server, calls, { deadlineMs: 2000 }),
    once(socket, 'close'),
    once(silent, 'close'),
  ]);
  expect(calls.closed).toHaveLength(1);
  expect(calls.closed[0]).toBeGreaterThan(0);
  expect(calls.closed[0]).toBeLessThanOrEqual(1000);
});

it('closes once, however often it is called', async () => {
  const server = await listening(createServer());
  const calls = receiver();
  const first = closeGracefully(server, calls);
  expect(closeGracefully(server, calls)).toBe(first);
  await first;
  expect(closeGracefully(server, calls)).toBe(first);
  expect(calls.closed).toHaveLength(1);
});

it('closes a server that does not listen, and one that begins to', async () => {
  const server = createServer();
  await closeGracefully(server, undefined, FOREVER);
  server.listen(0, '127.0.0.1');
  await once(server, 'close');
  expect(server.listening).toBe(false);
});

it('tells what the receiver could not close', async () => {
  const calls: Closable = { close: () => Promise.reject(new Error('away')) };
  await expect(closeGracefully(await listening(createServer()), calls)).rejects.toThrow('away');
});

it('lets the streams of an HTTP/2 session end, and opens no more', async () => {
  const server = await listening(createHttp2Server((_req, res) => void res.end('all of it')));
  const client = connectHttp2(`http://127.0.0.1:${portOf(server)}`);
  await once(client, 'remoteSettings');
  const closed = closeGracefully(server, undefined, FOREVER);
  const stream = client.request({ ':path': '/' });
  expect(String((await once(stream, 'data'))[0])).toBe('all of it');
  await Promise.all([closed, once(client, 'close')]);
});

it('closes what owns a server, which knows what is left of the deadline', async () => {
  const server = await listening(createServer());
  const left: (number | undefined)[] = [];
  const owner = {
    server,
    close: async () => {
      server.close();
      left.push(timeToClose(server).deadlineMs);
      await new Promise(() => {});
    },
  };
  expect(timeToClose(server)).toEqual({});
  await closeGracefully(owner, undefined, { deadlineMs: 1000 });
  expect(left[0]).toBeGreaterThan(0);
  expect(timeToClose(server)).toEqual({ deadlineMs: 0 });
});

it.each<[string, unknown[], string]>([
  ['an Express application', [Object.assign(() => {}, createServer(), { close: undefined })], SERVER('a function')],
  ['no server', [undefined], SERVER('undefined')],
  ['swapped arguments', [receiver(), createServer()], SERVER('an object')],
  ['options in place of the receiver', [createServer(), FOREVER], CALLS],
])('refuses %s at once', (_, given, message) => {
  expect(() => closeGracefully(...(given as Parameters<typeof closeGracefully>))).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(message) }),
  );
});

it.each<[string, unknown, string]>([
  ['NaN', { deadlineMs: Number.NaN }, '`deadlineMs`: expected a number of milliseconds'],
  ['another name', { deadline: 1 }, '`deadline` is no option; here it is `deadlineMs`.'],
  ['a number', 5000, 'expected an object of deadlineMs, got a number.'],
])('closes with the default deadline, and then rejects %s', async (_, options, message) => {
  const calls = receiver();
  await expect(closeGracefully(createServer(), calls, options as never)).rejects.toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(message) }),
  );
  expect(calls.closed).toEqual([expect.any(Number)]);
  expect(calls.closed[0]).toBeGreaterThan(10_000);
});

/** A receiver that notes the deadline that it was given. */
function receiver(): Closable & { readonly closed: (number | undefined)[] } {
  const closed: (number | undefined)[] = [];
  return {
    closed,
    close: async ({ deadlineMs }: CloseOptions = {}) => {
      closed.push(deadlineMs);
    },
  };
}

async function listening<Kind extends NodeServer>(server: Kind): Promise<Kind> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections?.();
  });
  return server;
}

function portOf(server: NodeServer): number {
  return (server.address() as AddressInfo).port;
}

/** Asks for a page, and returns what the answer says of its connection. */
async function ask(server: NodeServer, agent: Agent, path = '/'): Promise<string | undefined> {
  const req = get({ host: '127.0.0.1', port: portOf(server), path, agent });
  const [answer] = (await once(req, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  return answer.headers.connection;
}
