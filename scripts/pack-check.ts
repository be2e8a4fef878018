/**
 * Checks the packages as their users get them: packed, looked over by publint and attw, then installed with npm into a scratch
 * project per consumer in `scripts/consumers`, type-checked there against the frameworks' own types, imported, required, and run.
 * Build first. Arguments: the consumers to check, instead of all.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkInit } from './init-check.ts';
import { checkMode, MODES } from './modes.ts';
import { pack } from './pack.ts';
import { checkRefusal, publicPackages, ROOT, run } from './packages.ts';

interface Consumer {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts?: { readonly test?: string };
}

const CONSUMERS = join(ROOT, 'scripts', 'consumers');
const packages = publicPackages();
const chosen = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'call-status-'));

try {
  heading('Pack');
  const tarballs = pack(scratch);
  for (const tarball of tarballs.values()) {
    checkFiles(tarball);
    run('publint', [tarball, '--strict']);
    run('attw', [tarball, '--profile', 'esm-only', '--format', 'ascii', '--no-summary']);
  }
  for (const id of readdirSync(CONSUMERS)) {
    if (id !== 'shared' && (chosen.length === 0 || chosen.includes(id))) check(id, tarballs);
  }
  if (chosen.length === 0 || chosen.includes('cli')) await checkInit(scratch, tarballs);
  for (const { id } of packages) {
    if (!existsSync(join(CONSUMERS, id)))
      throw new Error(`scripts/consumers/${id} is missing: each package needs one.`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** What every package brings along, and what none does. */
function checkFiles(tarball: string): void {
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).split('\n');
  for (const name of ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts']) {
    if (!files.includes(`package/${name}`)) throw new Error(`${tarball} lacks ${name}.`);
  }
  const stray = files.find((file) => /\.test(-d)?\.|tsbuildinfo/.test(file));
  if (stray !== undefined) throw new Error(`${tarball} has ${stray}.`);
}

/** Installs the tarballs that a consumer depends on, type-checks and compiles it, and runs what came out. */
function check(id: string, tarballs: ReadonlyMap<string, string>): void {
  heading(`Consumer ${id}`);
  const project = join(scratch, id);
  mkdirSync(project);
  cpSync(join(CONSUMERS, 'shared'), project, { recursive: true });
  cpSync(join(CONSUMERS, id), project, { recursive: true });

  const manifestPath = join(project, 'package.json');
  const consumer = JSON.parse(readFileSync(manifestPath, 'utf8')) as Consumer;
  const dependencies: Record<string, string> = { ...consumer.dependencies };
  const overrides: Record<string, string> = {};
  for (const [name, tarball] of tarballs) {
    if (name in dependencies) dependencies[name] = `file:${tarball}`;
    overrides[name] = `file:${tarball}`;
  }
  writeFileSync(manifestPath, JSON.stringify({ ...consumer, dependencies, overrides }, null, 2));

  run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], project);
  checkCopies(project);
  run('tsc', ['-p', project]);
  for (const mode of MODES) {
    if (mode.refusedWith === undefined || id === 'core') checkMode(project, mode);
  }
  run('node', [join(project, 'out', 'app.js')], project);
  run('node', ['require.cjs'], project);
  if (consumer.scripts?.test !== undefined) run('npm', ['test'], project);
  if (id === 'core') checkOldNode(project);
}

/** A Node that is too old is told so, whatever else it cannot do. */
function checkOldNode(project: string): void {
  console.log('Node 20.18: refused');
  const args = ['-y', '-p', 'node@20.18', '-c', 'node out/app.js'];
  checkRefusal('npx', args, 'call-status needs Node 20.19 or later', project);
}

/** Two copies of the core would not know each other's errors and types. */
function checkCopies(project: string): void {
  const files = readdirSync(join(project, 'node_modules'), { recursive: true, encoding: 'utf8' });
  const copies = files.filter((file) => file.endsWith(join('@call-status', 'core', 'package.json')));
  if (copies.length !== 1) throw new Error(`There are ${copies.length} copies of the core: ${copies.join(', ')}.`);
}

function heading(text: string): void {
  console.log(`\n── ${text} ──`);
}
