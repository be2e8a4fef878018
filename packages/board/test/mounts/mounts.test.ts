// The mounts of all frameworks, in real servers behind helmet.
import { boardPlugin } from '@call-status/fastify';
import { boardMiddleware as inKoa } from '@call-status/koa';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { APPLICATIONS, listen } from './applications.ts';
import { CSP, type Seen, toyBoard } from './toy-board.ts';

const PATH = '/ops/calls';

describe.each(APPLICATIONS)('a board in %s', (_, make) => {
  async function start(trustsProxy = false) {
    const { board, streams } = toyBoard();
    const origin = await listen(make, board, trustsProxy);
    const send = (path: string, init?: RequestInit) => fetch(origin + path, init);
    const seen = async (path: string, init?: RequestInit) => (await (await send(path, init)).json()) as Seen;
    return { origin, streams, send, seen };
  }

  it('gets what is under its path, and where this is', async () => {
    const { origin, send, seen } = await start();
    for (const rest of ['', '/', '?a=b', '/?a=b', '/api/calls?search=%2B1555', '/assets/a%2Fb.js', '//x']) {
      expect(await seen(PATH + rest), rest).toMatchObject({
        method: 'GET',
        url: origin + PATH + rest,
        mountPath: PATH,
        user: 'ada',
      });
    }
    for (const other of ['/', '/ops', '/ops/callsign']) expect((await send(other)).status, other).toBe(404);
  });

  it('answers HEAD, and writes with a body', async () => {
    const { send, seen } = await start();
    const head = await send(`${PATH}/`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, 'application/json', '']);
    const body = JSON.stringify({ keys: ['a', 'b'], dryRun: true });
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    expect(await seen(`${PATH}/api/dead/replay`, json)).toMatchObject({ method: 'POST', body });
    const text = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'a=1' };
    expect(await seen(`${PATH}/api`, text)).toMatchObject({ body: 'a=1' });
    expect(await seen(`${PATH}/api`, { method: 'POST' })).toMatchObject({ body: '' });
  });

  it('has its own policy behind helmet, and the headers of other middlewares', async () => {
    const { send } = await start();
    const { headers } = await send(`${PATH}/`);
    expect(headers.get('content-security-policy')).toBe(CSP);
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
  });

  it('believes the headers of a proxy only if the application does', async () => {
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'calls.example' };
    const direct = await start();
    expect((await direct.seen(`${PATH}/a`, { headers: forwarded })).url).toBe(`${direct.origin}${PATH}/a`);
    const behind = await start(true);
    expect((await behind.seen(`${PATH}/a`, { headers: forwarded })).url).toBe(`https://calls.example${PATH}/a`);
  });

  it('leaves its failure to the framework', async () => {
    const { send } = await start();
    const { status } = await send(`${PATH}/fails`);
    expect(status).toBe(500);
    expect((await send(`${PATH}/`)).status).toBe(200);
  });

  it('streams, and ends with its client', async () => {
    const { send, streams } = await start();
    const gone = new AbortController();
    const { headers, body } = await send(`${PATH}/api/stream`, { signal: gone.signal });
    expect(headers.get('content-type')).toBe('text/event-stream');
    const { value } = (await body?.getReader().read()) ?? {};
    expect(new TextDecoder().decode(value)).toBe('data: 1\n\n');
    gone.abort();
    await expect.poll(() => streams).toEqual({ open: 1, closed: 1 });
  });
});

it('Fastify ends the streams of the board when it closes', async () => {
  const { board, streams } = toyBoard();
  const app = Fastify().register(boardPlugin, { path: PATH, board });
  const stream = await fetch(`${await app.listen({ host: '127.0.0.1', port: 0 })}${PATH}/api/stream`);
  await Promise.all([app.close(), expect(stream.text()).resolves.toBe('data: 1\n\n')]);
  expect(streams.open).toBe(1);
});

describe.each<[string, (options: object) => unknown]>([
  ['Koa', (options) => inKoa(toyBoard().board, options)],
  ['Fastify', (options) => Fastify().register(boardPlugin, { ...options, board: toyBoard().board })],
])('the options of the mount in %s', (_, mount) => {
  it.each([
    [{ paht: '/ops/calls' }, 'did you mean `path`?'],
    [{ path: 'ops/calls' }, 'expected a path that begins with a slash'],
    [{ path: '/*' }, 'expected a path that begins with a slash'],
    [{ path: 7 }, 'expected a path that begins with a slash'],
  ])('%j are refused', async (options, message) => {
    await expect((async () => mount(options))()).rejects.toMatchObject({
      code: 'invalid_options',
      message: expect.stringContaining(message),
    });
  });

  it.each([{}, { path: undefined }, { path: '' }, { path: '/' }])('%j are all paths', async (options) => {
    await expect((async () => mount(options))()).resolves.toBeDefined();
  });
});
