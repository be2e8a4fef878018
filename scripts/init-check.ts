/**
 * Checks what `call-status init` writes as a person would: with the packed command line, installed with npm, tested, started, called and
 * looked at. Build first; or, on its own: npx tsx scripts/init-check.ts
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { findPostgres } from '../packages/inbox-postgres/test/servers/find.ts';
import { startPostgres } from '../packages/inbox-postgres/test/servers/postgres.ts';
import { pack } from './pack.ts';
import { run } from './packages.ts';

/** Every framework, inbox and language, and each kind of proof. */
const PROJECTS = [
  { framework: 'express', inbox: 'sqlite', language: 'ts', provider: 'signalwire', secret: 'SIGNALWIRE_SIGNING_KEY' },
  { framework: 'koa', inbox: 'memory', language: 'js', provider: 'exotel', secret: 'EXOTEL_TOKEN' },
  { framework: 'fastify', inbox: 'postgres', language: 'ts', provider: 'bandwidth', secret: 'BANDWIDTH_CREDENTIALS' },
] as const;

type Made = (typeof PROJECTS)[number];

/** Checks all of them, one after the other, with the tarballs of the packages by their names. */
export async function checkInit(scratch: string, tarballs: ReadonlyMap<string, string>): Promise<void> {
  const tool = join(scratch, 'init-tool');
  mkdirSync(tool);
  writeFileSync(
    join(tool, 'package.json'),
    JSON.stringify({ private: true, ...fromTarballs(tarballs, ['call-status']) }),
  );
  install(tool);
  const postgres = findPostgres() === undefined ? undefined : await startPostgres({ settings: ['fsync=off'] });
  try {
    for (const made of PROJECTS) {
      if (made.inbox !== 'postgres' || postgres !== undefined) await check(tool, tarballs, made, postgres?.url ?? '');
    }
  } finally {
    await postgres?.remove();
  }
}

async function check(
  tool: string,
  tarballs: ReadonlyMap<string, string>,
  made: Made,
  databaseUrl: string,
): Promise<void> {
  const { framework, inbox, language, provider, secret } = made;
  console.log(`\n── init: ${framework}, ${inbox}, ${language} ──`);
  const startedAt = Date.now();
  const name = `init-${framework}`;
  const project = join(tool, '..', name);
  const flags = [
    '--framework',
    framework,
    '--inbox',
    inbox,
    '--language',
    language,
    '--providers',
    `${provider},mycpaas`,
  ];
  run('npx', ['call-status', 'init', project, ...flags], tool);

  const manifestFile = join(project, 'package.json');
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as Record<'dependencies' | 'devDependencies', object>;
  const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  const { dependencies, overrides } = fromTarballs(tarballs, names);
  const all = { ...manifest, dependencies: { ...manifest.dependencies, ...dependencies }, overrides };
  for (const own of Object.keys(dependencies)) delete (all.devDependencies as Record<string, unknown>)[own];
  writeFileSync(manifestFile, JSON.stringify(all, null, 2));
  install(project);

  run('npm', ['test'], project);
  // As node itself runs it, without the script.
  if (language === 'js') run('node', ['--test'], project);
  else run('npm', ['run', 'typecheck'], project);

  const port = await freePort();
  const env = readFileSync(join(project, '.env.example'), 'utf8')
    .replace(`${secret}=`, `${secret}=test:secret`)
    .replace('MYCPAAS_TOKEN=', 'MYCPAAS_TOKEN=test')
    .replace('DATABASE_URL=', `DATABASE_URL=${databaseUrl}`)
    .replace('PORT=3000', `PORT=${port}`);
  writeFileSync(join(project, '.env'), env);
  const server = spawn('npm', ['start'], { cwd: project, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  try {
    await listening(server);
    const to = `http://127.0.0.1:${port}/webhooks/${provider}`;
    run('npx', ['call-status', 'trigger', `${provider}.completed`, '--to', to, '--env', '.env'], project);
    const location = inbox === 'postgres' ? ['env:DATABASE_URL', '--env', '.env'] : ['calls.db'];
    if (inbox !== 'memory') {
      const listed = execFileSync('npx', ['call-status', 'inbox', 'ls', ...location], {
        cwd: project,
        encoding: 'utf8',
      });
      console.log(listed);
      assert.match(listed, new RegExp(`completed +${provider} `));
    }
    if (inbox === 'sqlite') await checkOtherCommands(project, provider, to);
  } finally {
    process.kill(-Number(server.pid), 'SIGTERM');
  }
  console.log(`From nothing to the first callback: ${Math.round((Date.now() - startedAt) / 1000)} s`);
}

/** Those that load other parts of the package than `trigger` and `inbox ls`, once each. */
async function checkOtherCommands(project: string, provider: string, to: string): Promise<void> {
  const call = '5f0c2d0e-0000-4000-8000-000000000001';
  const secrets = ['--env', '.env'];
  const npx = (...args: string[]): string =>
    execFileSync('npx', ['call-status', ...args], { cwd: project, encoding: 'utf8' });
  assert.match(
    npx('simulate', 'outbound-busy', '--provider', provider, '--calls', '3', '--to', to, ...secrets),
    /3 calls, \d+ callbacks/,
  );
  npx('trigger', `${provider}.busy`, '--call', call, '--to', to, ...secrets);
  assert.match(npx('replay', call, '--db', 'calls.db', '--to', to, ...secrets), /<-- 200/);
  const curl = npx('trigger', `${provider}.busy`, '--curl', '--to', to, ...secrets);
  assert.match(npx('doctor', '--curl', curl, ...secrets), /the proof is valid/);
  const tail = spawn('npx', ['call-status', 'tail', 'calls.db', '--from-start'], { cwd: project, detached: true });
  const [line] = (await once(tail.stdout, 'data')) as [Buffer];
  process.kill(-Number(tail.pid), 'SIGKILL');
  assert.match(String(line), new RegExp(` ${provider} `));
}

function fromTarballs(tarballs: ReadonlyMap<string, string>, names: readonly string[]) {
  const overrides = Object.fromEntries([...tarballs].map(([name, file]) => [name, `file:${file}`]));
  return {
    dependencies: Object.fromEntries(Object.entries(overrides).filter(([name]) => names.includes(name))),
    overrides,
  };
}

function install(folder: string): void {
  run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline'], folder);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function listening({ stdout }: ChildProcess): Promise<void> {
  let printed = '';
  stdout?.on('data', (chunk) => {
    printed += String(chunk);
  });
  for (let waitedMs = 0; !printed.includes('Listening on'); waitedMs += 100) {
    if (waitedMs > 60_000) throw new Error(`The server does not listen:\n${printed}`);
    await setTimeout(100);
  }
}

if (process.argv[1] === import.meta.filename) {
  const scratch = mkdtempSync(join(tmpdir(), 'call-status-init-'));
  try {
    await checkInit(scratch, pack(scratch));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
