import { execFileSync, type StdioOptions, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The top of the repository. */
export const ROOT: string = join(import.meta.dirname, '..');

/** A package.json, as far as the scripts read it. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly packageManager?: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A package that is published. */
export interface PublicPackage {
  /** The name of its folder, such as `express`. */
  readonly id: string;
  /** Its folder in the repository: `packages/express`, on every system. */
  readonly path: string;
  /** The whole path of its folder. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Reads the package.json of a folder. */
export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Every package that is published: whatever is in `packages/` and not private. */
export function publicPackages(): PublicPackage[] {
  return readdirSync(join(ROOT, 'packages'))
    .map((id) => ({ id, path: `packages/${id}`, folder: join(ROOT, 'packages', id) }))
    .filter(({ folder }) => existsSync(join(folder, 'package.json')))
    .map((found) => ({ ...found, manifest: readManifest(found.folder) }))
    .filter(({ manifest }) => manifest.private !== true);
}

/** npm would warn of the settings that pnpm hands down to it. */
const ENV = { ...process.env, npm_config_loglevel: 'error' };

/** Runs a program to its end, its output being ours; throws if it fails. */
export function run(program: string, args: readonly string[], cwd: string = ROOT): void {
  const stdio: StdioOptions = ['ignore', 'inherit', 'inherit'];
  execFileSync(...command(program, args), { cwd, env: ENV, stdio, shell: IS_WINDOWS });
}

/** Runs a program that has to fail, and to say this. */
export function checkRefusal(program: string, args: readonly string[], text: string, cwd: string = ROOT): void {
  const options = { cwd, env: ENV, encoding: 'utf8', shell: IS_WINDOWS } as const;
  const { status, stdout, stderr } = spawnSync(...command(program, args), options);
  if (status === 0 || !(stdout + stderr).includes(text))
    throw new Error(`${program} ${args.join(' ')} did not fail with "${text}", but said:\n${stdout}${stderr}`);
}

const IS_WINDOWS = process.platform === 'win32';

/** On Windows, npm and what it installs are .cmd files, which only the shell runs. */
function command(program: string, args: readonly string[]): [string, string[]] {
  return IS_WINDOWS ? [[program, ...args].map((word) => `"${word}"`).join(' '), []] : [program, [...args]];
}
