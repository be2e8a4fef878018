import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { mycpaas, signalwire, twilio, voicedock } from '@call-status/core';
import { type Callback, callback } from '@call-status/testing';
import { describe, expect, it } from 'vitest';
import { run, runInTerminal } from './run.ts';
import { FRAMEWORKS, PROOFS, SECRET, startServer, temporaryFolder, temporaryInbox } from './servers.ts';

const URL_CALLED = 'https://hooks.example.com/webhooks/signalwire?tenant=7';
const made = (): Callback => callback(signalwire, 'completed', { secret: SECRET, url: URL_CALLED });
/** What a proxy adds that ends TLS. */
const PROXIED = { host: '10.0.0.4:3000', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'hooks.example.com' };

function httpOf({ method, url, headers, body }: Callback, more: object = {}): string {
  const lines = Object.entries({ host: 'hooks.example.com', ...headers, ...more }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return [
    `${method} ${url} HTTP/1.1`,
    ...lines,
    `content-length: ${body.length}`,
    '',
    Buffer.from(body).toString('latin1'),
  ].join('\r\n');
}

function fileWith(content: string): string {
  const path = join(temporaryFolder(), 'capture');
  writeFileSync(path, Buffer.from(content, 'latin1'));
  return path;
}

describe('doctor', () => {
  it('names the setting that a proxy needs', async () => {
    const { stdout, stderr, exitCode } = await run(['doctor', fileWith(httpOf(made(), PROXIED))], { env: PROOFS });
    expect(stdout).toContain('POST http://10.0.0.4:3000/webhooks/signalwire?tenant=…   form, ');
    expect(stdout).toMatch(/✗ signalwire {2}the proof does not match/);
    expect(stdout).toMatch(/cause +scheme and host: .*x-forwarded-proto and x-forwarded-host/);
    expect(stdout).toMatch(/fix +.*publicUrl to https:\/\/hooks\.example\.com/);
    expect([stderr, exitCode]).toEqual(['', 1]);
  });

  it('shows the event of a valid callback, its numbers masked', async () => {
    const file = fileWith(httpOf(made()));
    const { stdout, exitCode } = await run(['doctor', file, '--url', 'https://hooks.example.com'], { env: PROOFS });
    expect(stdout).toMatch(/✓ signalwire {2}the proof is valid/);
    expect(stdout).toMatch(/event +completed {2}call [0-9a-f-]{36} {2}\+1\d\d\d•••\d{4} → \+1/);
    expect(exitCode).toBe(0);
    const revealed = await run(['doctor', file, '--public-url', 'https://hooks.example.com', '--reveal'], {
      env: PROOFS,
    });
    expect([revealed.exitCode, revealed.stdout]).toEqual([0, expect.not.stringContaining('•••')]);
  });

  it('prints one object with --json, and no secret', async () => {
    const { stdout } = await run(['doctor', fileWith(httpOf(made(), PROXIED)), '--json'], { env: PROOFS });
    expect(JSON.parse(stdout)).toMatchObject({
      provider: 'signalwire',
      verdict: 'mismatch',
      valid: false,
      findings: [{ rule: 'scheme', causes: ['scheme', 'host'], certain: true }],
      request: { method: 'POST', url: 'http://10.0.0.4:3000/webhooks/signalwire?tenant=…' },
      event: null,
    });
    expect(stdout).not.toContain(SECRET);
    expect(stdout).not.toContain(made().headers['x-signalwire-signature']);
  });

  it('tries several secrets', async () => {
    const args = ['doctor', fileWith(httpOf(made())), '--url', URL_CALLED, '--provider', 'signalwire'];
    const env = { OLD: 'another', NEW: SECRET };
    const flags = (...names: string[]) => names.flatMap((name) => ['--secret-from-env', name]);
    expect((await run([...args, ...flags('OLD', 'NEW')], { env })).exitCode).toBe(0);
    expect((await run([...args, ...flags('OLD')], { env })).exitCode).toBe(1);
    expect((await run([...args, '--secret-stdin'], { input: `${SECRET}\n` })).exitCode).toBe(0);
    expect((await run([...args, ...flags('NONE')], { env })).exitCode).toBe(2);
  });

  it('ends with 1 if the proof is valid, and the receiver refuses the fields', async () => {
    const lacking = callback(mycpaas, 'completed', { token: SECRET, fields: { CallSid: undefined } });
    const file = fileWith(httpOf(lacking));
    const { stdout, exitCode } = await run(['doctor', file, '--provider', 'mycpaas'], { env: PROOFS });
    expect(stdout).toMatch(/✓ mycpaas {2}the proof is valid[\s\S]*refused/);
    expect(exitCode).toBe(1);
  });

  it('says what can be seen without a secret', async () => {
    const { stdout, exitCode } = await run(['doctor', '-'], { input: httpOf(made(), PROXIED) });
    expect(stdout).toMatch(/\? signalwire {2}nothing was verified: no secret is known/);
    expect(stdout).toMatch(/possible +scheme and host/);
    expect(stdout).toContain('set SIGNALWIRE_SIGNING_KEY');
    expect(stdout).toMatch(/event +completed/);
    expect(exitCode).toBe(1);
  });

  it('says why no provider recognizes a request', async () => {
    const input =
      'POST /voice HTTP/1.1\nHost: x.example\nContent-Type: application/x-www-form-urlencoded\n\nCallSid=XX1&CallStatus=completed';
    const { stdout, exitCode } = await run(['doctor', '-'], { input });
    expect(stdout).toContain('no provider recognizes it');
    expect(stdout).toMatch(/twilio.*: CallSid and AccountSid are not/);
    expect(exitCode).toBe(1);
  });

  it('checks an old capture at its own time', async () => {
    const old = callback(voicedock, 'completed', { secret: SECRET, url: '/voice', nowMs: Date.UTC(2026, 0, 5) });
    const dated = (more: object) => fileWith(httpOf(old, more));
    const exitOf = async (...args: string[]) => (await run(['doctor', ...args], { env: PROOFS })).exitCode;
    expect(await exitOf(dated({ date: 'Mon, 05 Jan 2026 00:00:02 GMT' }))).toBe(0);
    expect(await exitOf(dated({}), '--at', '2026-01-05T00:00:02Z')).toBe(0);
    expect(await exitOf(dated({}), '--at', '2026-01-05T02:00:00Z')).toBe(1);
    const { stdout, exitCode } = await run(['doctor', dated({})], { env: PROOFS });
    expect([stdout, exitCode]).toEqual([expect.stringContaining('its age was not judged: --at does that'), 0]);
  });

  it('does not name the clock if it is not known when a request arrived', async () => {
    const old = callback(voicedock, 'completed', { secret: SECRET, url: '/voice', nowMs: Date.UTC(2026, 0, 5) });
    const anew = { ...old, body: Buffer.concat([old.body, Buffer.from('\n')]) };
    const judged = await run(['doctor', fileWith(httpOf(anew)), '--json'], { env: PROOFS });
    expect([judged.exitCode, JSON.parse(judged.stdout)]).toMatchObject([
      1,
      { verdict: 'mismatch', findings: [{ causes: ['body_reserialized'], certain: true }] },
    ]);
    const secret = await run(['doctor', fileWith(httpOf(old))], { env: { VOICEDOCK_SECRET: 'another' } });
    expect([secret.exitCode, secret.stdout]).toEqual([1, expect.not.stringContaining('clock')]);
    expect(secret.stdout).toContain('The secret is not this provider');
  });

  it('names a time that came in another unit, also if it is not known when the request arrived', async () => {
    const { headers, ...rest } = callback(voicedock, 'completed', { secret: SECRET, url: '/voice' });
    const inMs = { 'x-webhook-timestamp': `${headers['x-webhook-timestamp']}000` };
    const { stdout, exitCode } = await run(
      ['doctor', fileWith(httpOf({ ...rest, headers: { ...headers, ...inMs } }))],
      {
        env: PROOFS,
      },
    );
    expect(stdout).toMatch(/cause +clock: The timestamp came in milliseconds, and was signed in seconds\./);
    expect(exitCode).toBe(1);
  });

  it('reads curl and HAR', async () => {
    const curl = callback.curl({ ...made(), origin: 'https://hooks.example.com' });
    expect((await run(['doctor', '--curl', curl], { env: PROOFS })).exitCode).toBe(0);
    const { headers, body } = made();
    const request = {
      method: 'POST',
      url: URL_CALLED,
      headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
      postData: { mimeType: headers['content-type'], text: Buffer.from(body).toString() },
    };
    const page = { request: { method: 'GET', url: 'https://hooks.example.com/' } };
    const har = (...entries: object[]) => fileWith(JSON.stringify({ log: { entries } }));
    expect((await run(['doctor', '--har', har(page, { request })], { env: PROOFS })).exitCode).toBe(0);
    const several = har({ request }, page, { request });
    const { stderr, exitCode } = await run(['doctor', several], { env: PROOFS });
    expect(stderr).toMatch(
      /ENTRY[\s\S]* 1 [\s\S]* 3 [\s\S]*2 entries of the HAR file look like callbacks\. Choose one with --entry\./,
    );
    expect(exitCode).toBe(2);
    expect((await run(['doctor', several, '--entry', '3'], { env: PROOFS })).exitCode).toBe(0);
    expect((await run(['doctor', several, '--entry', '4'], { env: PROOFS })).exitCode).toBe(4);
  });

  it('verifies a token, and uses it where it was replaced', async () => {
    const token = callback(mycpaas, 'completed', { token: SECRET });
    const file = fileWith(httpOf(token));
    expect((await run(['doctor', file, '--provider', 'mycpaas'], { env: PROOFS })).exitCode).toBe(0);
    expect((await run(['doctor', file, '--provider', 'mycpaas'], { env: { MYCPAAS_TOKEN: 'x' } })).exitCode).toBe(1);
    const kept = fileWith(httpOf({ ...token, url: '/voice?token={token}' }));
    expect((await run(['doctor', kept, '--provider', 'mycpaas'], { env: PROOFS })).exitCode).toBe(0);
    expect((await run(['doctor', kept, '--provider', 'mycpaas'])).stdout).toContain('name the token: --token-from-env');
  });

  it.each([
    [['doctor'], 2, 'There is no captured request.'],
    [['doctor', 'a.http', '--curl', 'curl x'], 2, 'There are several captured requests.'],
    [['doctor', 'nowhere.http'], 4, 'There is no file nowhere.http.'],
    [['doctor', 'src'], 2, 'src is a folder.'],
    [['doctor', '-', '--secret-stdin'], 2, 'Standard input has either the request or the secret.'],
    [['doctor', '--har', '-', '--secret-stdin'], 2, 'Standard input has either the request or the secret.'],
    [['doctor', 'a.http', '--refused', '1'], 2, '--refused needs --db.'],
    [['doctor', 'package.json', '--entry', 'x'], 2, '--entry is not "x".'],
    [['doctor', 'package.json', '--provider', 'twillio'], 2, 'Did you mean twilio?'],
    [['doctor', '--db', 'nowhere.db'], 4, 'nowhere.db'],
  ])('%j', async (args, code, message) => {
    const { stdout, stderr, exitCode } = await run(args);
    expect([exitCode, stdout]).toEqual([code, '']);
    expect(stderr).toContain(message);
  });

  it('is colored in a terminal', async () => {
    const { stdout } = await runInTerminal(['doctor', fileWith(httpOf(made(), PROXIED))], { env: PROOFS });
    expect(stdout).toContain('\x1b[31m✗');
  });
});

describe.each(FRAMEWORKS)('a callback that a server on %s rejected', (framework) => {
  it.each([true, false])('with its request kept: %s', async (raw) => {
    const { path, inbox } = temporaryInbox();
    const server = await startServer(framework, { inbox, keepRefused: { raw } });
    const { method, headers, body } = callback(twilio, 'completed', {
      secret: SECRET,
      url: 'https://hooks.example.com/webhooks/twilio',
    });
    const sent = { ...headers, host: 'hooks.example.com', 'x-forwarded-proto': 'https' };
    const status = await new Promise((resolve) => {
      request(server.url('twilio'), { method, headers: sent }, (res) => resolve(res.resume().statusCode)).end(body);
    });
    expect(status).toBe(403);
    await expect.poll(async () => (await inbox.refusals.list()).rows.length).toBe(1);
    const { stdout, exitCode } = await run(['doctor', '--db', path], { env: PROOFS });
    expect(stdout).toContain('rejected with 403 signature_mismatch');
    expect(stdout).not.toContain('is assumed');
    expect(stdout).toMatch(raw ? /cause +scheme: [\s\S]*publicUrl/ : /hint [\s\S]*fix +.*keepRefused: \{ raw: true \}/);
    expect(exitCode).toBe(1);
    const [row] = (await inbox.refusals.list()).rows;
    const refused = (id: string) => run(['doctor', '--db', path, '--refused', id, '--json'], { env: PROOFS });
    expect(JSON.parse((await refused(String(row?.id).slice(0, 6))).stdout)).toMatchObject({
      verdict: raw ? 'mismatch' : 'not_kept',
    });
    expect((await refused('nothing')).exitCode).toBe(4);
  });
});
