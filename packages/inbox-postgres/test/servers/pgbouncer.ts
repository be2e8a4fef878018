import { chownSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findPgBouncer, freePort } from './find.ts';
import { ServerFolder } from './supervised.ts';

/** PgBouncer in front of a server, in transaction mode, without named statements, as all versions before 1.21 are. */
export interface PgBouncer {
  /** The URL of the server, through PgBouncer. */
  readonly url: string;
  /** The URL of its console, for statements such as `SHOW POOLS`. */
  readonly console: string;
  stop(): Promise<void>;
}

/**
 * Starts it on a free port.
 *
 * @param url of the server that it leads to
 * @param poolSize how many connections of the server its clients share: fewer than there are clients
 */
export async function startPgBouncer(url: string, poolSize = 5): Promise<PgBouncer> {
  const program = findPgBouncer();
  if (program === undefined) throw new Error('PgBouncer is not installed.');
  const { hostname, port, username, password, pathname } = new URL(url);
  const folder = new ServerFolder();
  const listenPort = await freePort();
  const users = writeFile(folder, 'users.txt', `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"\n`);
  const configuration = [
    '[databases]',
    `* = host=${hostname} port=${port || 5432}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${listenPort}`,
    'unix_socket_dir =',
    'auth_type = trust',
    `auth_file = ${users}`,
    'pool_mode = transaction',
    `default_pool_size = ${poolSize}`,
    `stats_users = ${username}`,
    'max_client_conn = 200',
    ...(isNew(folder.run(program, ['--version'])) ? ['max_prepared_statements = 0'] : []),
  ];
  try {
    await folder.start(program, [writeFile(folder, 'pgbouncer.ini', configuration.join('\n'))], isReady(listenPort));
  } catch (error) {
    await folder.remove();
    throw error;
  }
  return {
    url: `postgres://${username}@127.0.0.1:${listenPort}${pathname}`,
    console: `postgres://${username}@127.0.0.1:${listenPort}/pgbouncer`,
    async stop() {
      await folder.stop('SIGTERM');
      await folder.remove();
    },
  };
}

/** Whether it knows named statements. */
function isNew(version: string): boolean {
  const [, major, minor] = (/(\d+)\.(\d+)/.exec(version) ?? []).map(Number) as [number, number, number];
  return major > 1 || minor >= 21;
}

function writeFile(folder: ServerFolder, name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  if (folder.user.uid !== undefined) chownSync(path, folder.user.uid, folder.user.gid as number);
  return path;
}

/** Whether something listens; the answer comes with one of the next calls. */
function isReady(port: number): () => boolean {
  let answered = false;
  return () => {
    const socket = connect(port, '127.0.0.1')
      .on('connect', () => {
        answered = true;
        socket.destroy();
      })
      .on('error', () => {});
    return answered;
  };
}
