import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { pgDriver } from '../../src/connection/pg-driver.ts';
import { type PostgresInboxOptions, resolveOptions } from '../../src/options.ts';
import { turnOnTls } from '../servers/certificates.ts';
import { findPostgres } from '../servers/find.ts';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';

const ENCRYPTED = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';

describe.skipIf(findPostgres() === undefined)('TLS', () => {
  let server: PostgresServer;
  let ca: string;
  const urlAt = (host: string, password = 'secret'): string =>
    `postgres://caller:${password}@${host}:${server.port}/postgres`;

  /** What a reading and a writing connection answer. */
  async function ask(options: PostgresInboxOptions): Promise<unknown[]> {
    const driver = pgDriver(resolveOptions(options));
    onTestFinished(() => driver.end());
    const session = await driver.connect();
    onTestFinished(() => session.end());
    return [await driver.query(ENCRYPTED), await session.query(ENCRYPTED)].flat();
  }

  beforeAll(async () => {
    server = await startPostgres();
    ca = await turnOnTls(server);
  });

  afterAll(() => server?.remove());

  it('connects if the authority is known', async () => {
    expect(await ask({ url: urlAt('localhost'), ssl: { ca } })).toEqual([{ ssl: true }, { ssl: true }]);
  });

  it('prefers `ssl` to the parameters of the URL', async () => {
    const url = `${urlAt('localhost')}?sslmode=disable&application_name=mine`;
    expect(await ask({ url, ssl: { ca } })).toEqual([{ ssl: true }, { ssl: true }]);
  });

  it('refuses an unknown authority, and says what to do', async () => {
    const error = await ask({ url: urlAt('localhost'), ssl: true }).catch((reason: Error) => reason);
    expect(error).toMatchObject({
      code: 'inbox_unavailable',
      details: { hint: expect.stringContaining('ssl: { ca:') },
    });
  });

  it('refuses a certificate for another host name', async () => {
    const error = await ask({ url: urlAt('127.0.0.1'), ssl: { ca } }).catch((reason: Error) => reason);
    expect(error).toMatchObject({
      code: 'inbox_unavailable',
      details: { hint: expect.stringContaining('ssl: { ca:') },
    });
  });

  it('refuses a wrong password, without telling it', async () => {
    const error = await ask({ url: urlAt('localhost', 'wrong-secret'), ssl: { ca } }).catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: 'inbox_denied' });
    expect(String(error)).toContain('28P01');
    expect(String(error)).not.toContain('wrong-secret');
  });

  it('uses the password and the TLS of a pool', async () => {
    const pool = new pg.Pool({
      host: 'localhost',
      port: server.port,
      user: 'caller',
      password: 'secret',
      database: 'postgres',
      ssl: { ca },
    });
    onTestFinished(() => pool.end());
    expect(await ask({ pool })).toEqual([{ ssl: true }, { ssl: true }]);
  });
});
