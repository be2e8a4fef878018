// The board on an inbox, as a browser and a person at the terminal meet it.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Meta } from '@call-status/board';
import { describe, expect, it } from 'vitest';
import { anEvent, fill, INBOXES, type Opened } from './inbox/inboxes.ts';
import { HAS_TERMINAL, run, runInTerminal, start } from './run.ts';
import { temporaryFolder } from './servers.ts';

const [[, openFile] = []] = INBOXES;
if (openFile === undefined) throw new Error('There is no inbox in a file.');

/** Starts it on a free port, and waits until it says where. */
async function startBoard({ args: [place = '', ...rest] }: Opened, flags: readonly string[] = [], env = {}) {
  const child = start(['board', place, ...rest, '--port', '0', '--json', ...flags], { env });
  const notes = text(child.stderr);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const row = JSON.parse((await lines.next()).value ?? '{}') as { type: string; url: string; write: boolean };
  return {
    ...row,
    /** A resource of the board, as JSON. */
    get: async (path: string, init?: RequestInit) => (await fetch(row.url + path, init)).json() as Promise<Meta>,
    post: (path: string, body: object) =>
      fetch(row.url + path, {
        method: 'POST',
        headers: { 'x-call-status-board': '1', 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
        body: JSON.stringify(body),
      }),
    async stop(signal: NodeJS.Signals = 'SIGINT') {
      child.kill(signal);
      return [(await once(child, 'close'))[0], await notes];
    },
  };
}

/** The status of the answer to a request that names a host of its own. */
async function statusFor(url: string, host: string): Promise<number | undefined> {
  const req = request(url, { headers: { host } });
  req.end();
  const [res] = await once(req, 'response');
  res.resume();
  return res.statusCode;
}

describe.each(INBOXES)('board on %s', (_, open) => {
  it('shows the calls, with masked numbers and without changing anything', async () => {
    const opened = await open();
    await fill(opened.inbox);
    const { type, url, write, get, post, stop } = await startBoard(opened, [], { NODE_ENV: 'production' });
    expect([type, write]).toEqual(['listening', false]);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const page = await fetch(url);
    expect([page.status, await page.text()]).toEqual([
      200,
      expect.stringContaining('<script type="module" src="app.js">'),
    ]);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const file of ['app.js', 'style.css']) expect((await fetch(url + file)).status).toBe(200);
    const meta = await get('api/meta');
    expect(meta.can).toEqual({ view: true, raw: false, replay: false, reconcile: false, forget: false });
    expect(meta.notice).toContain('start the board with --write');
    const calls = JSON.stringify(await get('api/calls'));
    expect(calls).toContain('+1555•••4567');
    expect(calls).not.toContain('15550104567');
    expect((await post('api/dead/replay', {})).status).toBe(403);
    expect((await opened.inbox.counts()).dead).toBe(2);
    expect(await stop()).toEqual([0, 'It is read only; --write lets you replay. Ctrl+C ends it.\n']);
  });

  it('replays and reveals what it is allowed to', async () => {
    const opened = await open();
    await fill(opened.inbox);
    const { write, get, post, stop } = await startBoard(opened, ['--write', '--reveal']);
    expect(write).toBe(true);
    const meta = await get('api/meta');
    expect(meta.can).toEqual({ view: true, raw: true, replay: true, reconcile: true, forget: true });
    expect(meta.notice).toBeUndefined();
    expect(JSON.stringify(await get('api/calls'))).toContain('+15550104567');
    expect((await post('api/dead/replay', {})).status).toBe(200);
    expect((await opened.inbox.counts()).dead).toBe(0);
    expect((await stop('SIGTERM'))[0]).toBe(0);
  });

  it('shows events of the service as they come, until it is ended', async () => {
    const opened = await open();
    const { url, stop } = await startBoard(opened, ['--quiet']);
    const stream = await fetch(`${url}api/stream`);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    await opened.inbox.record(anEvent('live-1', 'ringing'));
    let seen = '';
    while (!seen.includes('"status":"ringing"')) seen += (await reader?.read())?.value ?? '';
    const ended = (async () => {
      for (;;) if ((await reader?.read())?.done !== false) return;
    })().catch(() => {});
    expect(await stop()).toEqual([0, '']);
    await ended;
  });
});

it('asks for a password, and is then reachable from elsewhere', async () => {
  const opened = await openFile();
  const auth = ['--auth-from-env', 'BOARD_AUTH'];
  const env = { BOARD_AUTH: 'ops:open: sesame' };
  const { url, get, stop } = await startBoard(opened, ['--host', '0.0.0.0', ...auth], env);
  const local = url.replace('0.0.0.0', '127.0.0.1');
  expect((await fetch(local)).status).toBe(401);
  expect(await statusFor(local, 'calls.example')).toBe(401);
  const authorization = `Basic ${Buffer.from(env.BOARD_AUTH).toString('base64')}`;
  expect(await get('api/meta', { headers: { authorization } })).toMatchObject({ user: 'ops' });
  const [exitCode, notes] = await stop();
  expect([exitCode, notes]).toEqual([0, expect.stringContaining('reachable from your network, without encryption')]);
});

it('answers only to the names of this machine without a password, so that no other site reads it', async () => {
  const { url, stop } = await startBoard(await openFile());
  expect(await statusFor(url, 'localhost:4001')).toBe(200);
  for (const host of ['rebound.example', '127.0.0.1.rebound.example:4001']) {
    expect(await statusFor(url, host)).toBe(421);
  }
  await stop();
});

it('says what is wrong', async () => {
  const { args, inbox } = await openFile();
  const [file = ''] = args;
  const wrong = async (flags: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { exitCode, stderr } = await run(['board', ...flags], { env });
    return [exitCode, stderr];
  };
  expect(await wrong([file, '--host', '0.0.0.0'])).toEqual([2, expect.stringContaining('--auth-from-env BOARD_AUTH')]);
  const withoutUser = await wrong([file, '--auth-from-env', 'BOARD_AUTH'], { BOARD_AUTH: 'sesame' });
  expect(withoutUser).toEqual([2, expect.stringContaining('Set it to user:password.')]);
  expect(withoutUser.join()).not.toContain('sesame');
  expect(await wrong([file, '--port', 'x'])).toEqual([2, expect.stringContaining('The port is not "x".')]);
  expect(await wrong([`${file}.missing`])).toEqual([4, expect.stringContaining('does not exist')]);
  const noInbox = join(temporaryFolder(), 'notes.txt');
  writeFileSync(noInbox, 'not a database, but a text that is long enough to have a header');
  expect(await wrong([noInbox])).toEqual([3, expect.stringContaining(noInbox)]);
  const { url, stop } = await startBoard({ args, inbox });
  expect(await wrong([file, '--port', new URL(url).port])).toEqual([3, expect.stringContaining('is in use')]);
  await stop();
});

describe('--open', () => {
  const board = async (...flags: string[]) => ['board', (await openFile()).args[0] ?? '', '--port', '0', ...flags];

  it.runIf(HAS_TERMINAL && process.platform === 'linux')('opens the browser of a terminal', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\necho "$@" > ${folder}/opened\n`, { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env['PATH']}` };
    const { stdout } = await runInTerminal(await board('--open'), { env, typed: [['ends it.', '\x03']] });
    const [, url] = /^The board is at (http:\S+)$/m.exec(stdout) ?? [];
    await expect.poll(() => existsSync(join(folder, 'opened'))).toBe(true);
    await expect.poll(() => readFileSync(join(folder, 'opened'), 'utf8')).toBe(`${url}\n`);
  });

  it.runIf(HAS_TERMINAL && process.platform === 'linux')('says that there is no browser', async () => {
    const folder = temporaryFolder();
    for (const name of ['script', 'stty'])
      symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(folder, name));
    const env = { PATH: folder };
    const { stdout } = await runInTerminal(await board('--open'), { env, typed: [['ends it.', '\x03']] });
    expect(stdout).toContain('No browser could be opened: xdg-open is missing. Open the address yourself.');
  });

  it('opens nothing in a pipe', async () => {
    const child = start(await board('--open'));
    const notes = text(child.stderr);
    expect(String((await once(child.stdout, 'data'))[0])).toMatch(/^The board is at http:\/\/127\.0\.0\.1:\d+\/\n$/);
    child.kill('SIGINT');
    expect(await notes).toContain('No browser was opened: there is no terminal.');
  });
});
