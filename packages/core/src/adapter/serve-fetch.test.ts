import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { post, serve } from '../../test/node-server.ts';
import { serveBoard } from './serve-board.ts';
import { type NodeExchange, serveFetch } from './serve-fetch.ts';

type Handle = (request: Request) => Promise<Response>;

function exchangeOf(req: IncomingMessage, res: ServerResponse, more: Partial<NodeExchange> = {}): NodeExchange {
  return { req, res, url: req.url ?? '', origin: () => `http://${req.headers.host ?? ''}`, ...more };
}

/** A server whose requests are answered by a handler of the Fetch API. */
async function serverOf(handle: Handle, more: Partial<NodeExchange> = {}) {
  const { port, result } = await serve((req, res) => serveFetch(exchangeOf(req, res, more), handle));
  result.catch(() => {});
  return { port, url: `http://127.0.0.1:${port}`, result };
}

/** What the handler got, as JSON. */
const echo: Handle = async (request) =>
  Response.json({
    method: request.method,
    url: request.url,
    type: request.headers.get('content-type'),
    body: await request.text(),
  });

/** Sends bytes as they are, and resolves to the answer; `host` and so on may be wrong or missing. */
async function sendRaw(port: number, head: string): Promise<string> {
  const socket = connectSocket(port, '127.0.0.1');
  socket.end(`${head}\r\nConnection: close\r\n\r\n`);
  return text(socket);
}

describe('serveFetch', () => {
  it('gives the handler the request, and the client its answer', async () => {
    const { url } = await serverOf(async (request) => {
      const headers = new Headers({ 'x-method': request.method, connection: 'keep-alive' });
      for (const cookie of ['a=1', 'b=2']) headers.append('set-cookie', cookie);
      return new Response(`${request.url} ${request.headers.get('x-a')} ${await request.text()}`, {
        status: 201,
        headers,
      });
    });
    const answer = await fetch(`${url}/a/b?c=d`, { method: 'PUT', headers: { 'x-a': 'ä' }, body: 'body' });
    expect([answer.status, answer.headers.get('x-method')]).toEqual([201, 'PUT']);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await answer.text()).toBe(`${url}/a/b?c=d ä body`);
  });

  it('sends no body to HEAD, and none that is not there', async () => {
    let isCanceled = false;
    const { url } = await serverOf(async ({ method }) => {
      if (method === 'GET') return new Response(null, { status: 304, headers: { etag: '"1"' } });
      const body = new ReadableStream({
        cancel() {
          isCanceled = true;
        },
      });
      return new Response(body, { headers: { 'content-length': '7' } });
    });
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '7', '']);
    const get = await fetch(url);
    expect([get.status, get.headers.get('etag'), await get.text()]).toEqual([304, '"1"', '']);
    expect(isCanceled).toBe(true);
  });

  it.each([
    ['an object', { a: [1] }, '{"a":[1]}'],
    ['text', 'a=1', 'a=1'],
    ['bytes', Buffer.from('a=1'), 'a=1'],
    ['nothing', undefined, ''],
  ])('takes a body that a parser has left: %s', async (_, parsed, body) => {
    const { port } = await serve(async (req, res) => {
      await text(req);
      await serveFetch(exchangeOf(req, res, { parsed }), echo);
    });
    const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: 'was read' });
    expect(await answer.json()).toMatchObject({ body });
  });

  it('reads the body itself if a parser left it, and another one has put it back', async () => {
    const { port } = await serve(async (req, res) => {
      await once(req, 'readable');
      req.unshift(req.read());
      await serveFetch(exchangeOf(req, res, { parsed: {} }), echo);
    });
    const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: 'a=1' });
    expect(await answer.json()).toMatchObject({ body: 'a=1', type: 'text/plain;charset=UTF-8' });
  });

  it('refuses a body that is too large, and reads one of the most bytes', async () => {
    const { url } = await serverOf(echo);
    const send = async (bytes: number) => (await fetch(url, { method: 'POST', body: 'x'.repeat(bytes) })).status;
    expect([await send(262_144), await send(262_145)]).toEqual([200, 413]);
  });

  it('takes a request line with a whole URL, and ignores a second slash', async () => {
    const { port } = await serverOf(echo);
    const urlOf = async (target: string, host = 'Host: calls.example') =>
      /"url":"([^"]*)"/.exec(
        await sendRaw(port, `GET ${target} HTTP/1.${host.startsWith('Host:') ? 1 : 0}\r\n${host}`),
      )?.[1];
    expect(await urlOf('http://other.example/a?b')).toBe('http://calls.example/a?b');
    expect(await urlOf('//other.example/a')).toBe('http://calls.example//other.example/a');
    expect(await urlOf('/a', 'Host: user@calls.example/b')).toBe('http://calls.example/a');
    expect(await urlOf('/a', 'X: y')).toBe('http://localhost/a');
  });

  it('refuses what the Fetch API does not allow', async () => {
    const { port } = await serverOf(echo);
    expect(await sendRaw(port, 'TRACE / HTTP/1.1\r\nHost: a')).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('The inbox is closed.'))],
    ['makes an answer that cannot be sent', async () => Response.error()],
  ])('rejects when the handler %s, so that the framework answers', async (_, handle) => {
    const { port, result } = await serve(async (req, res) => {
      await serveFetch(exchangeOf(req, res), handle as Handle).catch((error: Error) => {
        res.writeHead(500).end();
        return error;
      });
      return res.statusCode;
    });
    expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(500);
    expect(await result).toBe(500);
  });

  it('says when it begins to write', async () => {
    const seen: boolean[] = [];
    const { port } = await serve((req, res) =>
      serveFetch(exchangeOf(req, res, { onAnswer: () => seen.push(res.headersSent) }), async () => new Response('a')),
    );
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('a');
    expect(seen).toEqual([false]);
  });

  it('answers by HTTP/2', async () => {
    const { port } = await serve(
      (req, res) => serveFetch(exchangeOf(req, res, { origin: () => 'https://calls.example' }), echo),
      2,
    );
    const client = connect(`http://127.0.0.1:${port}`);
    onTestFinished(() => client.destroy());
    const stream = client.request({ ':method': 'POST', ':path': '/a?b', 'content-type': 'text/plain' });
    stream.end('body');
    expect(JSON.parse(await text(stream))).toEqual({
      method: 'POST',
      url: 'https://calls.example/a?b',
      type: 'text/plain',
      body: 'body',
    });
  });

  it('does not ask the handler about a body that was cut off', async () => {
    let isAsked = false;
    const { port, result } = await serverOf(async () => {
      isAsked = true;
      return new Response();
    });
    const req = await post(port, ['half of'], { 'content-length': 100 });
    req.destroy();
    await result;
    expect(isAsked).toBe(false);
  });

  it('does nothing for a client that was gone before', async () => {
    let isAsked = false;
    const { port, result } = await serve(async (req, res) => {
      await once(res, 'close');
      await serveFetch(exchangeOf(req, res), async () => {
        isAsked = true;
        return new Response();
      });
    });
    const req = request({ port, host: '127.0.0.1' }).on('error', () => {});
    req.flushHeaders();
    await once(req, 'socket');
    setTimeout(() => req.destroy(), 50);
    await result;
    expect(isAsked).toBe(false);
  });
});

it('serveBoard passes on what only the framework knows', async () => {
  const context = { mountPath: '/ops', frameworkRequest: { session: 1 } };
  const board = { handle: async (_: Request, given: object) => Response.json(given) };
  const { port } = await serve((req, res) => serveBoard(board, exchangeOf(req, res), context));
  expect(await (await fetch(`http://127.0.0.1:${port}/ops`)).json()).toEqual({
    ...context,
    clientAddress: '127.0.0.1',
  });
});
