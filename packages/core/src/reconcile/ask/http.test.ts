import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ApiAnswer, apiServer } from '../../../test/api-server.ts';
import { SELF_SIGNED } from '../../../test/self-signed.ts';
import type { Timers } from '../../timer.ts';
import { getJson, RequestFailed } from './http.ts';

const SECRET = 'Bearer sesame';
const headers = { Authorization: SECRET };
const never = new AbortController().signal;

async function get(answer: ApiAnswer): Promise<unknown> {
  const api = await apiServer(() => answer);
  return getJson({ url: `${api.url}/calls/1`, headers }, never);
}

async function reasonOf(request: Promise<unknown>): Promise<string> {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RequestFailed);
  return (error as RequestFailed).message;
}

describe('a request', () => {
  it('asks for JSON that is not compressed, with the given credentials', async () => {
    const api = await apiServer(() => ({ json: { id: '1' } }));
    const request = { url: `${api.url}/calls/1?details=true`, headers: { ...headers, 'Accept-Encoding': 'gzip' } };
    expect(await getJson(request, never)).toEqual({ status: 200, body: { id: '1' } });
    const [{ path, query, headers: sent }] = api.requests as [(typeof api.requests)[0]];
    expect([path, query.get('details')]).toEqual(['/calls/1', 'true']);
    expect(sent).toMatchObject({
      accept: 'application/json',
      'accept-encoding': 'identity',
      authorization: SECRET,
      connection: 'close',
      'user-agent': 'call-status',
    });
  });

  it.each([
    [{ json: [1] }, [1]],
    [{ text: 'null' }, null],
    [{ json: 'é', headers: { 'content-type': 'application/problem+json' } }, 'é'],
    [{ text: '{"__proto__":{"a":1},"b":2}' }, { b: 2 }],
  ])('gets %j', async (answer, body) => {
    expect(await get(answer)).toEqual({ status: 200, body });
  });

  it('gets a record with every word of a long call, three times', async () => {
    const words = Array.from({ length: 2500 }, () => ({ word: 'hello', start: 1.1, end: 1.4 }));
    const json = { transcript_object: words, transcript_with_tool_calls: words, scrubbed: words.slice(0, 500) };
    expect(await get({ json })).toEqual({ status: 200, body: json });
    // The most values that fit into the bytes.
    const zeros = Array(131_071).fill(0);
    expect(await get({ json: zeros })).toEqual({ status: 200, body: zeros });
  });

  it.each([301, 302, 307, 308, 401, 404, 429, 500, 503, 204])('gets no body with status %i', async (status) => {
    const location = 'http://localhost/elsewhere';
    const answer = { status, text: status === 204 ? '' : 'secret', headers: { 'retry-after': '7', location } };
    expect(await get(answer)).toEqual({ status, retryAfter: '7' });
  });

  it('follows no redirect, so that credentials go nowhere else', async () => {
    const other = await apiServer(() => ({}));
    expect(await get({ status: 302, headers: { location: `${other.url}/calls/1` } })).toEqual({ status: 302 });
    expect(other.requests).toEqual([]);
  });
});

it('uses no proxy of the environment', async () => {
  const proxy = await apiServer(() => ({ json: 'proxy' }));
  const api = await apiServer(() => ({ json: 'api' }));
  const code = `
    const { getJson } = await import(${JSON.stringify(new URL('http.ts', import.meta.url).href)});
    const reply = await getJson({ url: ${JSON.stringify(api.url)}, headers: {} }, new AbortController().signal);
    console.log(JSON.stringify(reply));
  `;
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
  const proxies = Object.fromEntries(names.map((name) => [name, proxy.url]));
  // Node reads it when it starts.
  const env = { ...process.env, ...proxies, NO_PROXY: '', no_proxy: '', NODE_USE_ENV_PROXY: '1' };
  const flags = ['--import', 'tsx', '--input-type=module', '--eval'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, code], { env });
  expect(JSON.parse(stdout)).toEqual({ status: 200, body: 'api' });
  expect(proxy.requests).toEqual([]);
});

describe('an answer is refused', () => {
  const huge = JSON.stringify({ id: 'x'.repeat(300_000) });
  const bomb = gzipSync(Buffer.alloc(10_000_000, ' '));

  it.each<[string, ApiAnswer]>([
    ['The answer is not JSON.', { text: '<html>', headers: { 'content-type': 'text/html' } }],
    ['The answer is not JSON.', (res) => res.writeHead(200).end('{}')],
    ['The answer is not JSON.', { headers: { 'content-type': 'text/plain; application/json' } }],
    ['The answer is not JSON, or too large.', { text: '{"id":' }],
    ['The answer is not JSON, or too large.', { text: '' }],
    ['The answer is not JSON, or too large.', { text: '['.repeat(100_000) }],
    ['The answer is not JSON, or too large.', { text: `${'['.repeat(40)}${']'.repeat(40)}` }],
    ['The answer has more than 262144 bytes.', { text: huge }],
    [
      'The answer is compressed, although that was not asked for.',
      (res) => res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb),
    ],
    [
      'The request failed: ECONNRESET.',
      (res) => {
        res
          .writeHead(200, { 'content-type': 'application/json', 'content-length': 100 })
          .write('{', () => res.destroy());
      },
    ],
    ['The request failed: ECONNRESET.', (res) => res.destroy()],
  ])('%s', async (reason, answer) => {
    expect(await reasonOf(get(answer))).toBe(reason);
  });

  it('that never ends, as soon as it is too large', async () => {
    let isOpen = true;
    const answer: ApiAnswer = (res) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        if (isOpen) res.write(' '.repeat(10_000), more);
      };
      res.on('close', () => {
        isOpen = false;
      });
      more();
    };
    expect(await reasonOf(get(answer))).toBe('The answer has more than 262144 bytes.');
    await expect.poll(() => isOpen).toBe(false);
  });
});

/** Timers that only a test makes fire. */
function heldTimers(): Timers & { fire(): void } {
  let held = { ms: 0, callback: (): void => {} };
  return {
    now: () => 0,
    every: () => () => {},
    after: (ms, callback) => {
      held = { ms, callback };
      return () => {};
    },
    fire() {
      expect(held.ms).toBe(10_000);
      held.callback();
    },
  };
}

describe('a request takes at most 10 seconds', () => {
  it.each<[string, ApiAnswer]>([
    ['without a response', () => {}],
    ['with a slow body', (res) => res.writeHead(200, { 'content-type': 'application/json' }).write('{')],
  ])('%s', async (_, answer) => {
    const api = await apiServer(() => answer);
    const timers = heldTimers();
    const request = getJson({ url: api.url, headers }, never, timers);
    await api.came(1);
    timers.fire();
    expect(await reasonOf(request)).toBe('There was no complete answer within 10 seconds.');
  });

  it('without a handshake', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.close();
    });
    await once(server, 'listening');
    const timers = heldTimers();
    const { port } = server.address() as AddressInfo;
    const request = getJson({ url: `https://127.0.0.1:${port}/`, headers }, never, timers);
    const [socket] = await once(server, 'connection');
    timers.fire();
    expect(await reasonOf(request)).toBe('There was no complete answer within 10 seconds.');
    socket.destroy();
  });

  it('and ends when it is aborted, before or during it', async () => {
    const api = await apiServer(() => () => {});
    const aborting = new AbortController();
    const request = getJson({ url: api.url, headers }, aborting.signal);
    await api.came(1);
    aborting.abort();
    expect(await reasonOf(request)).toBe('The request was aborted.');
    expect(await reasonOf(getJson({ url: api.url, headers }, aborting.signal))).toBe('The request was aborted.');
    expect(api.requests).toHaveLength(1);
  });
});

describe('credentials', () => {
  it.each(['http://api.example.com/', 'ftp://127.0.0.1/', 'nowhere', 'http://127.0.0.1.example.com/'])(
    'do not travel in plain text: %s',
    async (url) => {
      expect(await reasonOf(getJson({ url, headers }, never))).toBe('Its address is not an HTTPS URL.');
    },
  );

  it('are for a server with a valid certificate only, whatever the environment says', async () => {
    const requests: unknown[] = [];
    const server = createSecureServer(SELF_SIGNED, (req) => requests.push(req.headers));
    server.listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.close();
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    });
    await once(server, 'listening');
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    const { port } = server.address() as AddressInfo;
    const reason = await reasonOf(getJson({ url: `https://localhost:${port}/`, headers }, never));
    expect(reason).toBe('The request failed: DEPTH_ZERO_SELF_SIGNED_CERT.');
    expect(requests).toEqual([]);
  });

  it.each([
    [{ Authorization: 'Bearer sesame\r\nHost: example.com' }, 'http://127.0.0.1:1/', 'ERR_INVALID_CHAR'],
    [{ 'Bearer sesame': '' }, 'http://127.0.0.1:1/', 'ERR_INVALID_HTTP_TOKEN'],
    [headers, 'http://127.0.0.1:1/', 'ECONNREFUSED'],
    [headers, 'https://api.invalid/', 'ENOTFOUND|EAI_AGAIN'],
  ])('are in no reason: %j to %s', async (given, url, code) => {
    const request = getJson({ url, headers: given }, never);
    expect(await reasonOf(request)).toMatch(new RegExp(`^The request failed: (?:${code})\\.$`));
  });
});
