import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type User, userForServers } from './find.ts';

// Reads until this process ends, however it ends. Then it stops the server whose id is in the file, and removes the folder.
const SUPERVISOR = `
  cat >/dev/null
  pid=$(head -n 1 "$1/server.pid" 2>/dev/null) && {
    kill -CONT "$pid"; kill -QUIT "$pid"
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do kill -0 "$pid" || break; sleep 0.5; done
  } 2>/dev/null
  rm -rf "$1"
`;

/** A temporary folder with a server in it. Both are gone when this process has ended, even if it was killed. */
export class ServerFolder {
  readonly path: string;
  readonly user: User = userForServers();
  readonly #supervisor: ChildProcess;
  #server: ChildProcess | undefined;

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'call-status-pg-'));
    if (this.user.uid !== undefined) chownSync(this.path, this.user.uid, this.user.gid as number);
    this.#supervisor = spawn('sh', ['-c', SUPERVISOR, 'sh', this.path], {
      detached: true, // Ctrl-C must not end it first
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#supervisor.unref();
    (this.#supervisor.stdin as unknown as { unref(): void }).unref();
  }

  /** The process id of the server. */
  get pid(): number {
    if (this.#server?.pid === undefined) throw new Error('The server is not running.');
    return this.#server.pid;
  }

  /** Runs a program to its end, as the user that owns the folder. */
  run(program: string, args: readonly string[]): string {
    return execFileSync(program, args, { ...this.#options, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Starts the server, and waits until it answers. */
  async start(program: string, args: readonly string[], isReady: () => boolean): Promise<void> {
    const log = openSync(join(this.path, 'log'), 'a');
    const server = spawn('sh', ['-c', 'echo $$ > "$0/server.pid"; exec "$@"', this.path, program, ...args], {
      ...this.#options,
      detached: true,
      stdio: ['ignore', log, log],
    });
    server.unref();
    this.#server = server;
    const until = performance.now() + 60_000;
    while (!isReady()) {
      if (server.exitCode !== null || performance.now() > until) {
        throw new Error(`${program} did not start: ${readFileSync(join(this.path, 'log'), 'utf8').slice(-2000)}`);
      }
      await sleep(20);
    }
  }

  /** Stops the server with a signal; the folder stays. Does nothing if it is not running. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.ref();
    server.kill(signal);
    await gone;
  }

  /** Removes the folder. Stop the server first. */
  async remove(): Promise<void> {
    const gone = new Promise((resolve) => this.#supervisor.once('exit', resolve));
    this.#supervisor.ref();
    this.#supervisor.stdin?.end();
    await gone;
  }

  get #options(): User & { cwd: string; env: NodeJS.ProcessEnv } {
    // Nothing of the caller's environment: PGHOST, PGPASSWORD and the like would lead elsewhere.
    return { ...this.user, cwd: this.path, env: { PATH: process.env['PATH'], LC_ALL: 'C' } };
  }
}
