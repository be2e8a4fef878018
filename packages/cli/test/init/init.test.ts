import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { HAS_TERMINAL, run, runInTerminal } from '../run.ts';
import { temporaryFolder } from '../servers.ts';

const ALL = ['--framework', 'koa', '--providers', 'exotel,signalwire', '--inbox', 'sqlite', '--language', 'js'];
const FILES = [
  '.env.example',
  '.gitignore',
  'README.md',
  'package.json',
  'src',
  'src/app.js',
  'src/calls.js',
  'src/server.js',
  'test',
  'test/calls.test.js',
];

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

describe('in a pipe', () => {
  it('writes the files, and says what to do next', async () => {
    const cwd = temporaryFolder();
    const { stdout, stderr, exitCode } = await run(['init', 'my-calls', ...ALL], { cwd });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(filesIn(join(cwd, 'my-calls'))).toEqual(FILES);
    expect(stdout).toContain('new       my-calls/src/calls.js\n');
    expect(stdout.match(/^ {5}\S.*$/gm)?.map((line) => line.trim())).toEqual([
      'cd my-calls',
      'npm install',
      'cp .env.example .env',
      'npm test',
      'npm start',
      'npx call-status trigger exotel.completed --to http://127.0.0.1:3000/webhooks/exotel --env .env',
      'npx call-status inbox ls calls.db',
    ]);
    const readme = readFileSync(join(cwd, 'my-calls/README.md'), 'utf8');
    for (const command of ['npm install', 'npx call-status inbox ls calls.db']) expect(readme).toContain(command);
  });

  it('prints one object a line', async () => {
    const cwd = temporaryFolder();
    const { stdout } = await run(['init', ...ALL, '--package-manager', 'pnpm', '--json'], { cwd });
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(rows).toContainEqual({ file: 'src/app.js', action: 'new' });
    expect(rows.at(-1)).toEqual({
      step: 6,
      what: 'Look at the call',
      command: 'pnpm exec call-status inbox ls calls.db',
    });
  });

  it('takes what is usual with --yes', async () => {
    const cwd = temporaryFolder();
    expect((await run(['init', '--providers', 'twilio', '--yes'], { cwd })).exitCode).toBe(0);
    const calls = readFileSync(join(cwd, 'src/calls.ts'), 'utf8');
    expect(calls).toContain("from '@call-status/express'");
    expect(calls).toContain('sqliteInbox({ path: INBOX })');
  });

  it.each([
    [[], '--framework, --providers, --inbox, --language are missing.'],
    [ALL.slice(0, 6), '--language is missing.'],
    [['--yes'], '--providers is missing. Name one or more: --providers signalwire,exotel.'],
    [['--providers', 'signalwier', '--yes'], 'There is no provider "signalwier". Did you mean signalwire?'],
    [['--providers', ' , ', '--yes'], '--providers is empty. There are bandwidth, '],
    [['--framework', 'hapi'], '--framework is not "hapi". It is one of express, koa, fastify.'],
  ])('%j is wrong: %s', async (args, message) => {
    const cwd = temporaryFolder();
    const { stderr, exitCode } = await run(['init', ...args], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(filesIn(cwd)).toEqual([]);
  });

  it('quotes a folder with a space', async () => {
    const { stdout } = await run(['init', 'my calls', ...ALL], { cwd: temporaryFolder() });
    expect(stdout).toContain('     cd "my calls"\n');
  });

  it.runIf(process.platform === 'linux')('says that a folder cannot be made', async () => {
    const { stderr, exitCode } = await run(['init', '/proc/no/such', ...ALL], { cwd: temporaryFolder() });
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('cannot be written (ENOENT)')]);
  });

  it('replaces no file', async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'src'));
    writeFileSync(join(cwd, 'src/app.js'), 'mine');
    const { stderr, exitCode } = await run(['init', ...ALL], { cwd });
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'call-status: Nothing was written, because these files are there: src/app.js. Move them, or choose another folder.\n',
    );
    expect(filesIn(cwd)).toEqual(['src', 'src/app.js']);
    expect(readFileSync(join(cwd, 'src/app.js'), 'utf8')).toBe('mine');
  });
});

describe.runIf(HAS_TERMINAL)('on a terminal', () => {
  const DOWN = '\x1b[B';
  const typed = [
    ['Framework', `${DOWN}${DOWN}\r`],
    ['Providers', ` ${DOWN} \r`],
    ['What keeps the calls', '\r'],
    ['Language', `${DOWN}\r`],
  ] as const;

  it('asks for everything', async () => {
    const cwd = temporaryFolder();
    const { stdout, exitCode } = await runInTerminal(['init'], { cwd, typed });
    expect(exitCode).toBe(0);
    expect(stripVTControlCharacters(stdout)).toContain('  new       src/calls.js\n');
    const calls = readFileSync(join(cwd, 'src/calls.js'), 'utf8');
    expect(calls).toContain("import { bandwidth, createCallStatus, exotel, memoryInbox } from '@call-status/fastify'");
  });

  it('asks only for what no flag says', async () => {
    const cwd = temporaryFolder();
    const { stdout } = await runInTerminal(['init', ...ALL.slice(0, 6)], { cwd, typed: typed.slice(3) });
    expect(stdout).not.toContain('Framework');
    expect(existsSync(join(cwd, 'src/app.js'))).toBe(true);
  });

  it('asks without colors, if none are wanted', async () => {
    const { stdout } = await runInTerminal(['init', '--no-color'], {
      cwd: temporaryFolder(),
      typed: [['Framework', '\x03']],
    });
    expect(stdout).toContain('Express');
    expect(stdout).not.toContain('\x1b[3');
  });

  it.each([0, 1, 2, 3])('writes nothing if question %d is canceled', async (at) => {
    const cwd = temporaryFolder();
    const [question = ''] = typed[at] ?? [];
    const { stdout, exitCode } = await runInTerminal(['init'], {
      cwd,
      typed: [...typed.slice(0, at), [question, '\x03']],
    });
    expect(exitCode).toBe(130);
    expect(stdout).toContain('Nothing was written.');
    expect(filesIn(cwd)).toEqual([]);
  });
});
