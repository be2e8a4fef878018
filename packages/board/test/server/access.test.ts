import { type BoardOptions, basic, createBoard } from '@call-status/board';
import { memoryInbox } from '@call-status/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { versionOf } from '../../src/versions.ts';
import { ALL, FROM_THE_PAGE, subject } from './board-under-test.ts';

const READS = ['meta', 'calls', 'call?key=p', 'refused', 'refusal?id=1', 'dead', 'health', 'stats', 'events', 'stream'];
const WRITES = [
  ['dead/replay', 'replay'],
  ['dead/discard', 'replay'],
  ['call/replay', 'replay'],
  ['call/reconcile', 'reconcile'],
  ['call/forget', 'forget'],
] as const;

describe('permissions', () => {
  it.each(READS)('api/%s needs `view`', async (path) => {
    const { status, body } = await subject({ can: { ...ALL, view: false } }).get(`/api/${path}`);
    expect([status, body.code]).toEqual([403, 'not_allowed']);
    expect(body.message).toContain('`view`');
  });

  it.each(WRITES)('api/%s needs `%s`, which is not allowed by default', async (path, needed) => {
    for (const can of [
      undefined,
      { ...ALL, [needed]: false },
      { ...ALL, [needed]: 1 as never },
      { ...ALL, view: false },
    ]) {
      const { status, body } = await subject({ ...(can && { can: can }) }).post(`/api/${path}`, { key: 'p' });
      expect([status, body.code]).toEqual([403, 'not_allowed']);
    }
    const body = path.startsWith('dead/') ? { keys: ['p'] } : { key: 'p' };
    const { status } = await subject({ can: { view: true, [needed]: true } }).post(`/api/${path}`, body);
    expect(status).toBe(404);
  });

  it('are told to the page, with its user, and may depend on both', async () => {
    const can = vi.fn(async (_: Request, user: unknown) => ({ view: true, raw: (user as { admin: boolean }).admin }));
    const board = createBoard({ inbox: memoryInbox(), auth: () => ({ name: 'alice', admin: true }), can });
    const response = await board.handle(new Request('http://h.example/api/meta'));
    expect(await response.json()).toMatchObject({
      user: 'alice',
      can: { view: true, raw: true, replay: false, reconcile: false, forget: false },
      receives: false,
      providers: expect.arrayContaining(['signalwire', 'exotel']),
      versions: { board: expect.any(String), core: expect.any(String) },
      now: expect.any(String),
    });
    board.close();
  });
});

describe('a forged write', () => {
  const none = Object.fromEntries(Object.entries(FROM_THE_PAGE).filter(([name]) => name !== 'sec-fetch-site'));
  it.each([
    ['without the header', { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }, 403],
    ['of another site', { ...FROM_THE_PAGE, 'sec-fetch-site': 'cross-site' }, 403],
    ['of another subdomain', { ...FROM_THE_PAGE, 'sec-fetch-site': 'same-site' }, 403],
    ['typed into the address bar', { ...FROM_THE_PAGE, 'sec-fetch-site': 'none' }, 403],
    ['by an old browser, from another origin', { ...none, origin: 'http://evil.example' }, 403],
    ['by an old browser, without an origin', none, 403],
    ['from a sandbox', { ...none, origin: 'null' }, 403],
    ['of a form', { ...FROM_THE_PAGE, 'content-type': 'text/plain' }, 415],
    ['without a type', { 'x-call-status-board': '1', 'sec-fetch-site': 'same-origin' }, 415],
  ])('%s is refused', async (_, headers, status) => {
    const { post, inbox } = subject({ can: ALL });
    const forget = vi.spyOn(inbox, 'forgetCall');
    const answer = await post('/api/call/forget', { key: 'p' }, headers);
    expect(answer.status).toBe(status);
    expect(forget).not.toHaveBeenCalled();
  });

  it('and one of an old browser from the page itself is accepted', async () => {
    const { post } = subject({ can: ALL });
    expect((await post('/api/dead/replay', {}, { ...none, origin: 'http://board.example' })).status).toBe(200);
    const proxied = { ...none, origin: 'https://ops.example', host: 'OPS.example' };
    expect((await post('/api/dead/replay', {}, proxied)).status).toBe(200);
    const renamed = { ...none, origin: 'http://board.example', host: 'internal:3000' };
    expect((await post('/api/dead/replay', {}, renamed)).status).toBe(200);
  });
});

describe('auth', () => {
  const encoded = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  it('basic() accepts only the user with the password', async () => {
    const { get } = subject({ auth: basic({ user: 'ops', password: 'a:b ü' }) });
    for (const authorization of [encoded('ops:a:b ü'), encoded('ops:a:b ü').replace('Basic', 'bASIC')]) {
      expect((await get('/api/meta', { headers: { authorization } })).body.user).toBe('ops');
    }
    expect((await get('/')).status).toBe(401);
    for (const authorization of ['', 'Basic', encoded('ops:'), encoded('ops:a:b'), encoded(':a:b ü'), 'Bearer x']) {
      const { status, headers, body } = await get('/', { headers: { authorization } });
      expect([status, body.code]).toEqual([401, 'unauthorized']);
      expect(headers.get('www-authenticate')).toBe('Basic realm="call-status", charset="UTF-8"');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });

  it.each([
    [{ user: 'a' }],
    [{ user: 'a:b', password: 'x' }],
    [{ user: 'a', password: undefined }],
    [{ user: 'a', pasword: 'secret' }],
  ])('basic(%o) is refused, without the values', (options) => {
    expect(() => basic(options as never)).toThrow(expect.objectContaining({ code: 'invalid_options' }));
    expect(() => basic(options as never)).not.toThrow('secret');
  });

  it('of the application says who it is, or answers itself', async () => {
    const seen: unknown[] = [];
    const auth: NonNullable<BoardOptions['auth']> = (request, { frameworkRequest }) => {
      seen.push(frameworkRequest);
      const user = new URL(request.url).searchParams.get('user');
      return user === 'login' ? Response.redirect('https://login.example/', 302) : (user ?? undefined);
    };
    const { board } = subject({ auth });
    const answer = (query: string) =>
      board.handle(new Request(`http://h.example/api/meta${query}`), { frameworkRequest: 7 });
    expect(await (await answer('?user=bob')).json()).toMatchObject({ user: 'bob' });
    expect((await answer('')).status).toBe(401);
    expect((await answer('?user=')).status).toBe(401);
    const redirect = await answer('?user=login');
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, 'https://login.example/']);
    expect(redirect.headers.get('x-frame-options')).toBe('DENY');
    expect(seen).toEqual([7, 7, 7, 7]);
  });

  it.each([
    ['an error', new Error('no session')],
    ['a class', class User {}],
    ['a function', function user() {}],
    ['an empty name', { name: '' }],
    ['a name that is no text', { name: 7 }],
    ['null', null],
    ['true', true],
  ])('that returns %s knows no user', async (_, found) => {
    const { get } = subject({ auth: async () => found as never });
    expect((await get('/api/meta')).status).toBe(401);
  });

  it('may return the same answer to everyone', async () => {
    const login = new Response('Log in first.', { status: 403 });
    const { get } = subject({ auth: () => login });
    for (const path of ['/', '/api/meta']) expect((await get(path)).body).toBe('Log in first.');
  });

  it.each<[string, Partial<BoardOptions>]>([
    ['auth', { auth: () => Promise.reject(new Error('the session store is down at +15550100001')) }],
    ['auth', { auth: () => Response.error() }],
    [
      'can',
      {
        can: () => {
          throw new TypeError('x');
        },
      },
    ],
  ])('an option `%s` that fails is an answer, and is logged', async (_, options) => {
    const lines: string[] = [];
    const log = { warn() {}, error: (_details: object, message: string) => void lines.push(message) };
    const board = createBoard({ inbox: memoryInbox(), log, ...options });
    const response = await board.handle(new Request('http://h.example/'));
    expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('555')]);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(lines).toHaveLength(1);
  });

  it('that fails is answered even if the logger fails too', async () => {
    const log = { warn() {}, error: () => expect.fail('The disk is full.') };
    const { get } = subject({ log, auth: () => Promise.reject(new Error('x')) });
    expect((await get('/')).status).toBe(500);
  });
});

describe('options', () => {
  const inbox = memoryInbox();

  it.each([
    [{}, '`calls` is missing'],
    [{ inbox, calls: { receive() {}, health() {}, inbox } }, '`inbox`: leave it out'],
    [{ receiver: 1 }, 'here it is `calls`'],
    [{ inbox, auht: 1 }, 'did you mean `auth`'],
    [{ inbox: 'calls.db' }, '`inbox`: expected an inbox'],
    [{ calls: inbox }, '`calls`: expected what createCallStatus() returns'],
    [{ inbox, notice: 7 }, '`notice`: expected a sentence'],
    [{ inbox, auth: 'secret' }, '`auth`: expected a function, such as basic'],
    [{ inbox, log: console.log }, '`log`: expected a logger'],
    [{ inbox, allowUnauthenticated: 'yes' }, '`allowUnauthenticated`: expected true or false'],
  ])('%o are refused', (options, issue) => {
    expect(() => createBoard(options as never)).toThrow(issue);
  });

  it('without `auth`, the board starts only while developing, or if that is wanted', () => {
    onTestFinished(() => void vi.unstubAllEnvs());
    for (const environment of ['production', 'staging', '']) {
      vi.stubEnv('NODE_ENV', environment);
      expect(() => createBoard({ inbox })).toThrow('`auth` is missing, so that anyone could see the calls');
      createBoard({ inbox, allowUnauthenticated: true });
      createBoard({ inbox, auth: basic({ user: 'ops', password: 'x' }) });
    }
    vi.stubEnv('NODE_ENV', 'development');
    createBoard({ inbox });
  });
});

it('the page is told where callbacks go, without what may be secret', async () => {
  const callbackUrl = 'https://user:word@calls.example:8443/webhooks/voice?token=secret#part';
  const { body } = await subject({ callbackUrl }).get('/api/meta');
  expect(body.callbackUrl).toBe('https://calls.example:8443/webhooks/voice');
  expect((await subject().get('/api/meta')).body.callbackUrl).toBeUndefined();
  for (const wrong of ['/webhooks/voice', 'javascript:0', 'https://']) {
    expect(() => subject({ callbackUrl: wrong })).toThrow('a URL, such as https://example.com/webhooks/voice');
  }
});

it('two hosts with one secret know the keys of each other', async () => {
  const inbox = memoryInbox();
  const keySecret = 'a-secret-that-all-hosts-have-in-common';
  const [one, other] = [subject({ inbox, keySecret }), subject({ inbox, keySecret })];
  await one.receive({ CallSid: 'call-+15550100001', CallStatus: 'busy' });
  const { key } = (await one.get('/api/calls')).body.rows[0];
  expect(key).toMatch(/^s/);
  expect((await other.get(`/api/call?key=${key}`)).status).toBe(200);
  expect((await subject({ inbox }).get(`/api/call?key=${key}`)).status).toBe(404);
  for (const wrong of ['short', undefined]) {
    const create = (): unknown => subject({ inbox, keySecret: wrong as string });
    expect(create).toThrow('`keySecret`: expected a text of 32 characters or more');
    expect(create).not.toThrow('short');
  }
});

it('the page is told a notice, and that a version is unknown where there is no package.json', async () => {
  expect((await subject({ notice: 'Read only.' }).get('/api/meta')).body.notice).toBe('Read only.');
  expect(versionOf('@call-status/not-installed')).toBe('unknown');
});
