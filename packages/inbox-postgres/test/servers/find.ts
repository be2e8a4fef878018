import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** Programs that refuse to run as root run as this user. */
export interface User {
  readonly uid?: number;
  readonly gid?: number;
}

/** The user that owns nothing, which every system has. */
const WITHOUT_RIGHTS = 65_534;

const PARENTS = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'];

/** The folder with the programs of the newest installed PostgreSQL; undefined without one. */
export function findPostgres(): string | undefined {
  const installed = PARENTS.filter((parent) => existsSync(parent)).flatMap((parent) =>
    readdirSync(parent)
      .filter((name) => /^(\d+|postgresql(@\d+)?)$/.test(name))
      .sort((a, b) => versionOf(b) - versionOf(a))
      .map((name) => join(parent, name, 'bin')),
  );
  return [...installed, ...searchPath()].find((folder) =>
    ['initdb', 'postgres', 'pg_isready'].every((program) => existsSync(join(folder, program))),
  );
}

/** The path of PgBouncer; undefined if it is not installed. Debian puts it where only root searches. */
export function findPgBouncer(): string | undefined {
  return [...searchPath(), '/usr/sbin', '/opt/homebrew/bin']
    .map((folder) => join(folder, 'pgbouncer'))
    .find((path) => existsSync(path));
}

function searchPath(): string[] {
  return (process.env['PATH'] ?? '').split(delimiter);
}

function versionOf(name: string): number {
  return Number(/\d+/.exec(name)?.[0] ?? 0);
}

/** An existing user for programs that refuse to run as root; for everyone else, no change. */
export function userForServers(): User {
  if (process.getuid?.() !== 0) return {};
  try {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString()),
    ) as [number, number];
    return { uid, gid };
  } catch {
    return { uid: WITHOUT_RIGHTS, gid: WITHOUT_RIGHTS };
  }
}

/** A port of the loopback interface that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
