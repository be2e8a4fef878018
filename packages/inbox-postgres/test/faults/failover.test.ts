import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { pgDriver } from '../../src/connection/pg-driver.ts';
import type { Driver } from '../../src/connection/session.ts';
import { type PostgresInboxOptions, resolveOptions } from '../../src/options.ts';
import { findPostgres } from '../servers/find.ts';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { promote, startStandby } from '../servers/standby.ts';

const REFUSED = 'postgres://postgres:secret@127.0.0.1:1/postgres';
const PORT_OF_SESSION = 'SELECT current_setting($1)::integer AS port';

function open(options: PostgresInboxOptions): Driver {
  const driver = pgDriver(resolveOptions(options));
  onTestFinished(() => driver.end());
  return driver;
}

/** The ports of the servers to which writing, reading and listening lead. */
async function ports(driver: Driver): Promise<unknown[]> {
  const session = await driver.connect();
  const rows = [await session.query(PORT_OF_SESSION, ['port']), await driver.query(PORT_OF_SESSION, ['port'])].flat();
  await session.end();
  return rows.map(({ port }) => port);
}

describe.skipIf(findPostgres() === undefined)('servers', () => {
  let primary: PostgresServer;
  let standby: PostgresServer;

  beforeAll(async () => {
    primary = await startPostgres();
    standby = await startStandby(primary);
  });

  afterAll(async () => {
    await primary?.remove();
    await standby?.remove();
  });

  it('passes over servers that are away, and standbys', async () => {
    const driver = open({ hosts: [REFUSED, standby.url, primary.url] });
    expect(await ports(driver)).toEqual([primary.port, primary.port]);
  });

  it('reads from the server that can be written, before anything was written', async () => {
    const driver = open({ hosts: [standby.url, primary.url] });
    expect(await driver.query(PORT_OF_SESSION, ['port'])).toEqual([{ port: primary.port }]);
  });

  it('says of each server why it cannot be used, without a password', async () => {
    const driver = open({ hosts: [standby.url, REFUSED] });
    const { message } = (await driver.connect().catch((reason: unknown) => reason)) as Error;
    expect(message).toContain(
      `127.0.0.1:${standby.port}/postgres: The server is a standby. 127.0.0.1:1/postgres: connect ECONNREFUSED 127.0.0.1:1.`,
    );
    expect(message).not.toContain('secret');
  });

  it('names a socket', async () => {
    const driver = open({ hosts: ['postgres:///postgres?host=/nowhere', REFUSED] });
    await expect(driver.connect()).rejects.toThrow('/nowhere:5432/postgres: connect ENOENT');
  });

  it('says that a file of a URL cannot be read', async () => {
    const driver = open({ hosts: ['postgres://db.internal/voice?sslrootcert=/nowhere/ca.pem', REFUSED] });
    await expect(driver.connect()).rejects.toThrow('No server of the list can be used. ENOENT: no such file');
  });

  it('refuses a single standby', async () => {
    const error = await open({ url: standby.url })
      .connect()
      .catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: 'inbox_unwritable', details: { reason: 'The server is a standby.' } });
  });

  it('uses the settings of a pool, and reads on its connections', async () => {
    await primary.query("CREATE ROLE pooled LOGIN PASSWORD 'secret'");
    const pool = new pg.Pool({
      host: '127.0.0.1',
      port: primary.port,
      user: 'pooled',
      password: 'secret',
      database: 'postgres',
    });
    onTestFinished(() => pool.end());
    const driver = pgDriver(resolveOptions({ pool }));
    expect(await ports(driver)).toEqual([primary.port, primary.port]);
    expect(pool.totalCount).toBe(1);
    await driver.end();
    expect(pool.ended).toBe(false);
    expect(pool.listenerCount('error')).toBe(0);
  });

  it('names its connections, unless the URL does', async () => {
    const name = "SELECT current_setting('application_name') AS name";
    const [own] = await open({ url: primary.url }).query(name);
    expect(own?.['name']).toMatch(/^call-status .+:\d+$/);
    const [given] = await open({ url: `${primary.url}?application_name=mine` }).query(name);
    expect(given?.['name']).toBe('mine');
  });

  // The last one, since it changes the servers.
  it('follows a failover with all connections', async () => {
    const driver = open({ hosts: [primary.url, standby.url] });
    expect(await ports(driver)).toEqual([primary.port, primary.port]);
    await primary.kill();
    await promote(standby);
    expect(await ports(driver)).toEqual([standby.port, standby.port]);
    await expect(driver.transaction((query) => query('CREATE TEMPORARY TABLE written (id integer)'))).resolves.toEqual(
      [],
    );
  });
});
