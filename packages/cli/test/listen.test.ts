import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mycpaas, signalwire } from '@call-status/core';
import { callback } from '@call-status/testing';
import { describe, expect, it } from 'vitest';
import { run, start } from './run.ts';
import { PROOFS, SECRET, temporaryFolder } from './servers.ts';

/** Starts it on a free port, and waits until it says where. */
async function listen(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = start(['listen', '0', '--json', ...args], { env });
  const lines: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const row = async (index: number) => {
    await expect.poll(() => lines.length).toBeGreaterThan(index);
    return JSON.parse(lines[index] as string);
  };
  const { url } = await row(0);
  return {
    url: url as string,
    row,
    notes: () => stderr,
    async stop() {
      child.kill('SIGINT');
      return (await once(child, 'close'))[0] as number;
    },
  };
}

const post = async (request: Request) => (await fetch(request)).status;

describe('listen', () => {
  it('prints events and why callbacks are refused, and saves what doctor reads', async () => {
    const folder = join(temporaryFolder(), 'captures');
    const { url, row, stop } = await listen(['--save', folder], PROOFS);
    const send = (path: string, provider: typeof signalwire | typeof mycpaas, proof: object) =>
      post(callback.fetch(provider, 'completed', { ...proof, url: url + path }));
    expect(await send('/signalwire', signalwire, { secret: SECRET })).toBe(200);
    expect(await row(1)).toMatchObject({ type: 'event', provider: 'signalwire', status: 'completed', trust: 'signed' });
    expect(await send('/', signalwire, { secret: ` ${SECRET}` })).toBe(403);
    expect(await row(2)).toMatchObject({
      type: 'refused',
      code: 'signature_mismatch',
      diagnosis: { verdict: 'mismatch' },
    });
    expect(await send('/mycpaas', mycpaas, { token: SECRET })).toBe(200);
    expect(await row(3)).toMatchObject({ type: 'event', provider: 'mycpaas', trust: 'token' });
    const secrets = { authorization: 'Bearer of-the-user', 'x-forwarded-uri': '/hooks?apiKey=of-the-user' };
    expect(await post(new Request(`${url}/?token=a&password=of-the-user`, { headers: secrets }))).toBe(404);
    expect(await row(4)).toMatchObject({ type: 'passed_on', method: 'GET' });
    expect(
      await post(
        new Request(`${url}/mycpaas?token=${encodeURIComponent(SECRET)}`, {
          method: 'POST',
          body: 'x'.repeat(2_000_000),
        }),
      ),
    ).toBe(413);
    expect(await stop()).toBe(0);

    const files = readdirSync(folder)
      .sort()
      .map((name) => join(folder, name));
    expect(files.length).toBe(5);
    const text = files.map((file) => readFileSync(file, 'utf8')).join('\n');
    expect(text).toContain('?token={token}');
    expect(text).not.toMatch(/of-the-user|of the test|of\+the|of%20the/);
    const exits = await Promise.all(
      [0, 1, 2].map((at) =>
        run(['doctor', files[at] as string, '--provider', at === 2 ? 'mycpaas' : 'signalwire'], { env: PROOFS }),
      ),
    );
    expect(exits.map(({ exitCode }) => exitCode)).toEqual([0, 1, 0]);
  }, 60_000);

  it('takes a callback that cannot be saved, and says so', async () => {
    const folder = join(temporaryFolder(), 'captures');
    const { url, row, stop, notes } = await listen(['--save', folder, '--quiet'], PROOFS);
    rmSync(folder, { recursive: true });
    const sent = callback.fetch(signalwire, 'completed', { secret: SECRET, url: `${url}/signalwire` });
    expect(await post(sent)).toBe(200);
    expect(await row(1)).toEqual(expect.not.objectContaining({ saved: expect.anything() }));
    expect(await row(1)).toMatchObject({ type: 'event', status: 'completed', transition: 'advance' });
    expect(await stop()).toBe(0);
    expect(notes()).toMatch(
      /^call-status: The request was not saved to .*captures\/.*-1-signalwire\.http \(ENOENT\)\.\n$/,
    );
  }, 60_000);

  it('verifies the URL that a tunnel says was called', async () => {
    const { url, row, stop } = await listen(['--provider', 'signalwire', '--secret-from-env', 'KEY'], { KEY: SECRET });
    const { method, headers, body } = callback(signalwire, 'completed', {
      secret: SECRET,
      url: 'https://tunnel.example/any',
    });
    const tunneled = { ...headers, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'tunnel.example' };
    expect((await fetch(`${url}/any`, { method, headers: tunneled, body: Buffer.from(body) })).status).toBe(200);
    expect(await row(1)).toMatchObject({ type: 'event', trust: 'signed' });
    expect(await stop()).toBe(0);
  }, 60_000);

  it('says how to reach it, and what is wrong', async () => {
    const { url, stop } = await listen([], {});
    const { port } = new URL(url);
    expect(await run(['listen', port])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining(`Port ${port} at 127.0.0.1 is in use. Choose another`),
    });
    expect(await run(['listen', 'x'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('The port is not "x".'),
    });
    expect(await run(['listen', '--secret-from-env', 'KEY'], { env: { KEY: 'a' } })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Name the provider'),
    });
    expect(await run(['listen', '0', '--save', 'package.json'])).toMatchObject({ exitCode: 3 });
    expect(await stop()).toBe(0);
    const child = start(['listen', '0', '--host', '0.0.0.0']);
    let notes = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      notes += chunk;
    });
    await expect.poll(() => notes).toContain('Ctrl+C stops it.');
    expect(notes).toContain('Nothing is verified: no secret is known.\nIt is reachable from your network.\n');
    expect(notes).toContain('cloudflared tunnel --url http://');
    child.kill('SIGTERM');
    expect((await once(child, 'close'))[0]).toBe(0);
  }, 60_000);
});
