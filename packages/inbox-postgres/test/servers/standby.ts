import { join } from 'node:path';
import { freePort } from './find.ts';
import { PostgresServer } from './postgres.ts';
import { ServerFolder } from './supervised.ts';

/** Starts a standby of a server. From then on, a commit on the server waits until the standby has it. */
export async function startStandby(primary: PostgresServer): Promise<PostgresServer> {
  const standby = new PostgresServer(primary.bin, new ServerFolder(), await freePort(), []);
  const from = `host=127.0.0.1 port=${primary.port} user=postgres application_name=standby`;
  try {
    // Without `-c fast` it waits for the next checkpoint.
    standby.folder.run(join(primary.bin, 'pg_basebackup'), ['-d', from, '-D', standby.data, '-c', 'fast', '-R']);
    await standby.start();
    await primary.query(`ALTER SYSTEM SET synchronous_standby_names = 'standby'`);
    await primary.query('SELECT pg_reload_conf()');
  } catch (error) {
    await standby.remove();
    throw error;
  }
  return standby;
}

/** The standby takes over and accepts writes. Stop the old server first. */
export async function promote(standby: PostgresServer): Promise<void> {
  await standby.query('SELECT pg_promote()'); // waits until it is done
}
