// `call-status trigger` without a server, and with providers of one's own.
import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { builtInProviders, telnyx } from '@call-status/core';
import { proofFor } from '@call-status/testing';
import { describe, expect, it } from 'vitest';
import { PROGRAM, quoted, run } from '../run.ts';
import { PROOFS, SECRET, startServer, temporaryFolder } from '../servers.ts';

describe('--list', () => {
  it('has every callback of every provider', async () => {
    const { stdout, stderr, exitCode } = await run(['trigger', '--list', '--json']);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect([stderr, exitCode]).toEqual(['', 0]);
    expect(new Set(rows.map(({ provider }) => provider))).toEqual(
      new Set(builtInProviders.map(({ definition }) => definition.name)),
    );
    expect(rows).toContainEqual({
      provider: 'exotel',
      event: 'busy',
      is: 'busy',
      encoding: expect.stringMatching(/^(form|multipart|json)$/),
      evidence: expect.stringMatching(/^(observed|documented|constructed)$/),
      source: expect.any(String),
    });
  });

  it('ends quietly when what reads it has seen enough', async () => {
    const { stdout, stderr } = await run(['trigger', '--list'], {});
    expect(stdout.split('\n').length).toBeGreaterThan(100);
    expect(stderr).toContain('A status is an event, too');
    const line = `${[process.execPath, ...PROGRAM, 'trigger', '--list', '--quiet'].map(quoted).join(' ')} | head -1`;
    expect(await promisify(execFile)('sh', ['-c', line])).toEqual({
      stdout: expect.stringMatching(/^ {2}EVENT .*\n$/),
      stderr: '',
    });
  });
});

describe.runIf(process.platform !== 'win32')('--curl', () => {
  it.each([
    ['signalwire', 'busy', ['--set', "Note=it's ü & \\ $HOME"]],
    ['exotel', 'completed', ['--multipart']],
    ['bandwidth', 'busy', []],
    ['vapi', 'completed', []],
    ['jambonz', 'busy', []],
  ])('of %s sends the same callback, and has no secret: %s', async (name, event, flags) => {
    const server = await startServer('express');
    const args = ['trigger', `${name}.${event}`, '--to', server.url(name), '--curl', ...flags];
    const { stdout, stderr, exitCode } = await run(args, { env: PROOFS });
    expect([stderr, exitCode]).toEqual(['', 0]);
    for (const secret of [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString('base64')])
      expect(stdout).not.toContain(secret);
    const env = { ...PROOFS, EXOTEL_TOKEN: encodeURIComponent(SECRET), PATH: process.env['PATH'] };
    const shell = stdout.includes("$'") ? 'bash' : 'sh';
    const sent = await promisify(execFile)(shell, ['-c', `${stdout.trimEnd()} -s -o /dev/null -w '%{http_code}'`], {
      env,
    });
    expect(sent.stdout).toBe('200');
    expect(server.events).toMatchObject([{ provider: name }]);
  });

  it('may be for another machine, since nothing is sent', async () => {
    const { stdout, exitCode } = await run([
      'trigger',
      'vapi.completed',
      '--to',
      'https://hooks.example.com/x',
      '--curl',
    ]);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('https://hooks.example.com/x')]);
  });
});

describe('a provider that signs with a private key', () => {
  it('has a test key, whose public key the server gets', async () => {
    const { stdout, stderr, exitCode } = await run(['trigger', 'telnyx', '--public-key'], { env: PROOFS });
    expect(stdout).toBe(`${telnyx.definition.publicKeyOf?.(proofFor(telnyx, SECRET).secret ?? '')}\n`);
    expect([stderr, exitCode]).toEqual([expect.stringMatching(/^For development only: telnyx\({ publicKey: /), 0]);
  });

  it('is no other', async () => {
    const { stderr, exitCode } = await run(['trigger', 'exotel', '--public-key']);
    expect([stderr, exitCode]).toEqual(['call-status: exotel does not sign with a private key.\n', 2]);
  });
});

it.each<[args: string[], exitCode: number, message: string]>([
  [[], 2, 'EVENT is missing. call-status trigger --list shows what there is.'],
  [['signalwire'], 2, 'Which callback of signalwire? call-status trigger signalwire --list shows what there is.'],
  [['signalwier.busy'], 2, 'There is no provider "signalwier". Did you mean signalwire?'],
  [['exotel.bussy'], 2, 'exotel has no callback "bussy". Did you mean busy?'],
  [
    ['exotel.busy'],
    2,
    '--to is missing. Give the callback URL of your server: --to http://127.0.0.1:3000/webhooks/exotel.',
  ],
  [['exotel.busy', '--to', 'ftp://x'], 2, '"ftp://x" is not a URL to send to. Give the callback URL of your server: '],
  [
    ['exotel.busy', '--to', 'http://192.0.2.1/'],
    2,
    '192.0.2.1 is not this machine. To send to it nevertheless, add --allow-remote.',
  ],
  [['exotel.busy', '--to', 'localhost:9'], 3, 'Nothing listens at localhost:9. Start the server, or correct --to.'],
  [
    ['exotel.busy', '--to', 'http://no.invalid/', '--allow-remote'],
    3,
    'The host no.invalid is not known. Correct --to.',
  ],
  [['mycpaas.busy', '--to', 'localhost:9', '--get'], 2, 'mycpaas sends no GET. Leave out --get.'],
  [['exotel.busy', '--to', 'localhost:9', '--form', '--multipart'], 2, '--form and --multipart exclude each other.'],
  [
    ['exotel.busy', '--to', 'localhost:9', '--set', 'Status'],
    2,
    '--set is not "Status". It is name=value, or name:=json.',
  ],
  [['exotel.busy', '--to', 'localhost:9', '--set', 'a:={'], 2, 'a:= is not JSON: { Write a=… for a text.'],
  [
    ['exotel.busy', '--to', 'localhost:9', '--remove', 'Statos'],
    2,
    'This callback has no field Statos to remove. Did you mean Status?',
  ],
  [
    ['exotel.busy', '--to', 'localhost:9', '--token-from-env', 'NO'],
    2,
    'The environment variable NO is not set. Set it, or name',
  ],
  [['exotel.busy', '--to', 'localhost:9', '--secret-stdin'], 2, 'Standard input has no secret. Pipe it in: '],
  [
    ['exotel.busy', '--to', 'localhost:9', '--public-url', 'x'],
    2,
    '--public-url is not "x". It is the publicUrl of the server: ',
  ],
  [
    ['signalwire.other-fax', '--to', 'localhost:9', '--call', 'x'],
    2,
    'This callback has no call id that --call could replace.',
  ],
  [['--list', '--config', 'no.mjs'], 4, 'no.mjs does not exist.'],
])('%j ends with %d: %s', async (args, exitCode, message) => {
  const result = await run(['trigger', ...args]);
  expect(result.stderr).toContain(`call-status: ${message}`);
  expect([result.exitCode, result.stderr.split('\n').length]).toEqual([exitCode, 2]);
});

it('warns of a field that is probably misspelled', async () => {
  const { stderr } = await run(['trigger', 'exotel.busy', '--to', 'localhost:9', '--set', 'Statos=x', '--curl']);
  expect(stderr).toBe('This callback had no field Statos. Did you mean Status?\n');
});

describe('secrets', () => {
  it.each<[flags: string[], env: Record<string, string>, input: string]>([
    [['--secret-from-env', 'KEY'], { KEY: SECRET, SIGNALWIRE_SIGNING_KEY: 'another' }, ''],
    [['--secret-stdin'], {}, `${SECRET}\n`],
  ])('come with %j', async (flags, env, input) => {
    const server = await startServer('koa');
    const args = ['trigger', 'signalwire.busy', '--to', server.url('signalwire'), ...flags];
    expect((await run(args, { env, input })).exitCode).toBe(0);
  });

  it('come from a file with environment variables', async () => {
    const server = await startServer('fastify');
    const folder = temporaryFolder();
    writeFileSync(join(folder, '.env'), `EXOTEL_TOKEN="${SECRET}"\n`);
    const args = ['--env', '.env', 'trigger', 'exotel.busy', '--to', server.url('exotel')];
    expect((await run(args, { cwd: folder })).exitCode).toBe(0);
  });
});

describe('a configuration file', () => {
  const CONFIG = `
import { signalwire } from '@call-status/core';
import { defineProvider } from '@call-status/core/provider';
const definition = { ...signalwire.definition, name: 'acme.eu' };
const key: string = '${SECRET}';
export default { providers: [defineProvider(definition)({ signingKey: key })], fixtures: { 'acme.eu': 'fixtures' } };
`;
  const FIXTURE = `# evidence: constructed - a test
# expect: event
#   {"callId": "1", "status": "busy"}
POST /x HTTP/1.1
Content-Type: application/x-www-form-urlencoded

CallSid=c1b2d3e4-0000-4000-8000-000000000001&CallStatus=busy`;

  /** A project with its own provider. */
  function project(file: string, config: string, packages: readonly string[]): string {
    const folder = temporaryFolder();
    writeFileSync(join(folder, file), config);
    mkdirSync(join(folder, 'fixtures'));
    writeFileSync(join(folder, 'fixtures', 'over.http'), FIXTURE);
    mkdirSync(join(folder, 'node_modules', '@call-status'), { recursive: true });
    const root = fileURLToPath(new URL('../../../../', import.meta.url));
    symlinkSync(join(root, 'packages/core'), join(folder, 'node_modules/@call-status/core'));
    for (const name of packages) symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
    return folder;
  }

  it.each([
    ['call-status.config.mjs', CONFIG.replace(': string', ''), []],
    ['call-status.config.ts', CONFIG, ['tsx']],
  ])('%s has providers and their callbacks', async (file, config, packages) => {
    const cwd = project(file, config, packages);
    // Here, the core that the file imports is TypeScript.
    const env = { NODE_OPTIONS: `--import=${import.meta.resolve('tsx')}` };
    const { stdout } = await run(['trigger', 'acme.eu', '--list', '--json'], { cwd, env });
    expect(JSON.parse(stdout)).toMatchObject({ provider: 'acme.eu', event: 'over', is: 'busy' });
    const curl = await run(['trigger', 'acme.eu.busy', '--to', 'localhost:9', '--curl'], { cwd, env });
    expect(curl.stdout).toMatch(/-H 'x-signalwire-signature: /);
    expect((await run(['trigger', 'acme.eu.bussy', '--to', 'localhost:9'], { cwd, env })).stderr).toContain(
      'Did you mean busy?',
    );
  });

  it.each([
    ['x.mjs', "export { own as default } from './own.mjs'", 4, 'There is no folder none with callbacks of exotel.'],
    ['x.mjs', 'export default 1', 2, 'x.mjs has no configuration. Write: import { defineConfig }'],
    ['x.mjs', 'throw new Error("no")', 3, 'x.mjs cannot be loaded: no'],
    ['x.mjs', 'export default { providers: ["acme"] }', 2, 'x.mjs has no configuration.'],
  ])('%s with %s ends with %d', async (file, config, exitCode, message) => {
    const cwd = project(file, config, []);
    writeFileSync(join(cwd, 'own.mjs'), 'export const own = { fixtures: { exotel: "none" } }');
    const result = await run(['trigger', '--list', '--config', file], { cwd });
    expect([result.exitCode, result.stderr]).toEqual([exitCode, expect.stringContaining(message)]);
  });
});
