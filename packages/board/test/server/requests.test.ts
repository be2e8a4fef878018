import { memoryInbox } from '@call-status/core';
import { CallStatusError } from '@call-status/core/provider';
import { describe, expect, it } from 'vitest';
import { Assets } from '../../src/http/assets.ts';
import { ALL, FROM_THE_PAGE, subject } from './board-under-test.ts';

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

it.each(['/', '/app.js', '/api/meta', '/api/nothing', '/nothing', '/api/call', '/api/dead/replay'])(
  'the answer to %s has the headers that make it safe',
  async (path) => {
    const { headers } = await subject().get(path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': CSP,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cache-control': path === '/' || path === '/app.js' ? 'no-cache' : 'no-store',
    });
    expect([headers.get('set-cookie'), headers.get('access-control-allow-origin')]).toEqual([null, null]);
  },
);

describe('assets', () => {
  it('have a type, and are not sent twice', async () => {
    const { get } = subject();
    for (const [path, type] of [
      ['/', 'text/html'],
      ['/index.html', 'text/html'],
      ['/app.js', 'text/javascript'],
      ['/style.css', 'text/css'],
      ['/icon.svg', 'image/svg+xml'],
    ] as const) {
      const { status, headers, body } = await get(path);
      expect([path, status, headers.get('content-type')]).toEqual([path, 200, expect.stringContaining(type)]);
      expect(body.length).toBeGreaterThan(50);
      const again = await get(path, { headers: { 'if-none-match': `"other", W/${headers.get('etag')}` } });
      expect([again.status, again.body]).toEqual([304, '']);
    }
  });

  it.each(['/nothing', '/constructor', '/../package.json', '/assets/app.js', '//evil.example/', '/app.js/'])(
    'there is no %s',
    async (path) => {
      expect((await subject().get(path)).body).toMatchObject({ code: 'not_found' });
    },
  );
});

it('a page that was not built says so', () => {
  const assets = new Assets(new URL('./nowhere/', import.meta.url));
  expect(() => assets.answer('', new Request('http://h.example/'))).toThrow('Install @call-status/board again');
});

describe('paths', () => {
  it.each([
    ['/ops/calls', '/ops/calls', './calls/'],
    ['/ops/calls/', '/ops/calls', './calls/'],
    ['/a:b', '/a:b?x=1', './a:b/?x=1'],
  ])('of the mount %s without a slash lead to the one with it', async (mountPath, path, location) => {
    const { board } = subject();
    const response = await board.handle(new Request(`http://h.example${path}`), { mountPath });
    expect([response.status, response.headers.get('location')]).toEqual([308, location]);
    expect(response.headers.get('content-security-policy')).toBe(CSP);
  });

  it('are those below the mount', async () => {
    const { board } = subject();
    const statusOf = async (path: string): Promise<number> =>
      (await board.handle(new Request(`http://h.example${path}`), { mountPath: '/ops' })).status;
    expect(await statusOf('/ops/api/meta')).toBe(200);
    expect(await statusOf('/opsx/api/meta')).toBe(404);
    expect(await statusOf('/api/meta')).toBe(404);
  });
});

describe('methods', () => {
  it('HEAD has the headers of GET, and leaves no stream open', async () => {
    const { get } = subject();
    for (const path of ['/', '/api/meta', '/api/stream']) {
      const { status, body, headers } = await get(path, { method: 'HEAD' });
      expect([status, body, headers.has('content-type')]).toEqual([200, '', true]);
    }
  });

  it.each([
    ['/', 'POST', 405, 'GET, HEAD'],
    ['/api/calls', 'DELETE', 405, 'GET, HEAD'],
    ['/api/calls', 'OPTIONS', 204, 'GET, HEAD'],
    ['/api/dead/replay', 'GET', 405, 'POST'],
    ['/api/dead/replay', 'OPTIONS', 204, 'POST'],
  ])('%s with %s is %i', async (path, method, status, allow) => {
    const { get } = subject({ can: ALL });
    const answer = await get(path, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([status, allow]);
  });
});

describe('bodies', () => {
  it.each([['{'], ['7'], ['null'], ['[]'], ['']])('%s is refused', async (body) => {
    const { post } = subject({ can: ALL });
    expect((await post('/api/dead/replay', body)).body).toMatchObject({ code: 'invalid_request' });
  });

  it('that are absent are refused', async () => {
    const { get } = subject({ can: ALL });
    const { status, body } = await get('/api/dead/replay', { method: 'POST', headers: FROM_THE_PAGE });
    expect([status, body.message]).toEqual([400, 'The body is not JSON.']);
    const untyped = { method: 'POST', headers: { 'x-call-status-board': '1' } };
    expect((await get('/api/dead/replay', untyped)).status).toBe(415);
  });

  it('over 64 kB are refused, whether they tell their length or not', async () => {
    const { post, get } = subject({ can: ALL });
    expect((await post('/api/dead/replay', { x: 'x'.repeat(65_536) })).status).toBe(413);
    const told = await post('/api/dead/replay', '{}', { ...FROM_THE_PAGE, 'content-length': '70000' });
    expect(told.body.code).toBe('body_too_large');
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(10_000)) });
    const init = { method: 'POST', headers: FROM_THE_PAGE, body: endless, duplex: 'half' } as RequestInit;
    expect((await get('/api/dead/replay', init)).status).toBe(413);
  });

  it('that break off are refused', async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) });
    const init = { method: 'POST', headers: FROM_THE_PAGE, body: broken, duplex: 'half' } as RequestInit;
    const { status, body } = await subject({ can: ALL }).get('/api/dead/replay', init);
    expect([status, body.message]).toEqual([400, 'The body ended early.']);
  });
});

describe('an inbox that fails', () => {
  it('is answered with the cause and what to do, and tried again', async () => {
    const inbox = memoryInbox();
    let isDown = true;
    Object.assign(inbox, {
      ready: async () => {
        if (isDown) throw new CallStatusError('inbox_missing', { path: '/data/calls.db' });
      },
    });
    const { get, lines } = subject({ inbox, isAlone: true });
    const { status, body, headers } = await get('/api/calls');
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'inbox_missing', '5']);
    expect(body.message).toContain('/data/calls.db');
    expect(lines).toContainEqual({
      cause: expect.stringContaining('/data/calls.db'),
      message: 'The board could not answer.',
    });
    expect((await get('/')).status).toBe(200);
    isDown = false;
    expect((await get('/api/calls')).status).toBe(200);
  });

  it('for an unknown reason says so without the text, and logs it without secrets and numbers', async () => {
    const { get, inbox, lines } = subject();
    const error = new TypeError('postgres://user:password@host has no +15550100001', { cause: new Error('timeout') });
    Object.assign(inbox, { listCalls: () => Promise.reject(error) });
    const { status, body } = await get('/api/calls');
    expect([status, body.code]).toEqual([503, 'inbox_unavailable']);
    expect(JSON.stringify(body)).not.toContain('postgres');
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).toMatch(/TypeError: postgres:.*host has no \+1555•••0001.*Caused by: Error: timeout/);
    expect(JSON.stringify(lines)).not.toContain('password');
    error.stack = undefined as never;
    await get('/api/calls');
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- an inbox of an application may reject with anything
    Object.assign(inbox, { listCalls: () => Promise.reject('+15550100001') });
    await get('/api/calls');
    expect(lines.slice(1)).toMatchObject([{ cause: expect.stringContaining('host has no') }, { cause: 'string' }]);
  });
});
