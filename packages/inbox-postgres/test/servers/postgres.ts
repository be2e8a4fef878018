import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import pg from 'pg';
import { findPostgres, freePort } from './find.ts';
import { ServerFolder } from './supervised.ts';

export interface PostgresOptions {
  /** Server settings such as `max_connections=20`. */
  readonly settings?: readonly string[];
}

/** A PostgreSQL server of this process, in a temporary folder, on loopback. Its superuser is `postgres`, without a password. */
export class PostgresServer {
  readonly bin: string;
  readonly folder: ServerFolder;
  readonly data: string;
  readonly port: number;
  readonly #settings: readonly string[];
  #frozen: number[] = [];

  constructor(bin: string, folder: ServerFolder, port: number, settings: readonly string[]) {
    this.bin = bin;
    this.folder = folder;
    this.data = join(folder.path, 'data');
    this.port = port;
    this.#settings = settings;
  }

  get url(): string {
    return this.urlOf('postgres');
  }

  /** As errors name it. */
  get address(): string {
    return `127.0.0.1:${this.port}/postgres`;
  }

  urlOf(database: string, user = 'postgres'): string {
    return `postgres://${user}@127.0.0.1:${this.port}/${database}`;
  }

  async start(): Promise<void> {
    const settings = [
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${this.folder.path}`,
      'max_connections=200',
      ...this.#settings,
    ];
    const args = ['-D', this.data, '-p', `${this.port}`, ...settings.flatMap((setting) => ['-c', setting])];
    await this.folder.start(join(this.bin, 'postgres'), args, () => this.#isReady());
  }

  /** `fast` ends all sessions, `immediate` also skips the checkpoint, as a crash does. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    this.thaw();
    await this.folder.stop(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
  }

  async restart(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    await this.stop(mode);
    await this.start();
  }

  /** Kills every process of the server, as a loss of its host does. */
  async kill(): Promise<void> {
    this.freeze();
    for (const pid of this.#frozen) process.kill(pid, 'SIGKILL');
    this.#frozen = [];
    await this.folder.stop('SIGKILL');
  }

  /** Every process of the server stops where it is. The kernel still accepts connections. */
  freeze(): void {
    process.kill(this.folder.pid, 'SIGSTOP'); // first: it would start more
    this.#frozen = this.#children();
    for (const pid of this.#frozen) process.kill(pid, 'SIGSTOP');
    this.#frozen.push(this.folder.pid);
  }

  thaw(): void {
    for (const pid of this.#frozen) process.kill(pid, 'SIGCONT');
    this.#frozen = [];
  }

  /** One statement of the superuser, on a connection of its own. */
  query(text: string, values: unknown[] = [], database = 'postgres'): Promise<Record<string, unknown>[]> {
    return queryAt(this.urlOf(database), text, values);
  }

  /** Stops the server and removes its folder. */
  async remove(): Promise<void> {
    await this.stop('immediate');
    await this.folder.remove();
  }

  #children(): number[] {
    const all = execFileSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' });
    const pairs = all
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number));
    return pairs.flatMap(([parent, pid]) => (parent === this.folder.pid ? [pid as number] : []));
  }

  #isReady(): boolean {
    try {
      this.folder.run(join(this.bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', `${this.port}`, '-q']);
      return true;
    } catch {
      return false;
    }
  }
}

/** Starts a server of the newest installed PostgreSQL. Call `remove()` at the end. */
export async function startPostgres({ settings = [] }: PostgresOptions = {}): Promise<PostgresServer> {
  const bin = findPostgres();
  if (bin === undefined) throw new Error('PostgreSQL is not installed.');
  const server = new PostgresServer(bin, new ServerFolder(), await freePort(), settings);
  const layout = ['-A', 'trust', '-U', 'postgres', '--no-locale', '-E', 'UTF8', '-N'];
  try {
    server.folder.run(join(bin, 'initdb'), ['-D', server.data, ...layout]);
    await server.start();
  } catch (error) {
    await server.remove();
    throw error;
  }
  return server;
}

/** One statement, on a connection of its own. */
export async function queryAt(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}
