import type { ClientBase } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshDatabase, sharedServer } from '../../test/servers/test-server.ts';
import { resolveOptions } from '../options.ts';
import { pgDriver } from './pg-driver.ts';
import { requireWritable } from './servers.ts';

const server = await sharedServer();

it('refuses a server that is too old', async () => {
  const old = { standby: false, version: 120_022, release: '12.22', encoding: 'UTF8' };
  const client = { query: async () => ({ rows: [old] }) } as unknown as ClientBase;
  await expect(requireWritable(client)).rejects.toMatchObject({
    code: 'inbox_unsupported',
    details: { reason: 'The server has PostgreSQL 12.22.' },
  });
});

describe.skipIf(server === undefined)('databases', () => {
  const url = server as string;

  it.each(['LATIN1', 'SQL_ASCII'])('of the encoding %s are refused, by all connections', async (encoding) => {
    const database = await freshDatabase(url, `ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
    const driver = pgDriver(resolveOptions({ url: database }));
    onTestFinished(() => driver.end());
    const server = `${new URL(database).host}${new URL(database).pathname}`;
    const refused = { code: 'inbox_unsupported', details: { server, reason: expect.stringContaining(encoding) } };
    await expect(driver.connect()).rejects.toMatchObject(refused);
    await expect(driver.query('SELECT 1')).rejects.toMatchObject(refused);
    await expect(driver.listen('any', { onNotify() {}, onLost() {} })).rejects.toMatchObject(refused);
  });

  it('that do not exist are named', async () => {
    const missing = new URL(url);
    missing.pathname = '/no-such-database';
    const driver = pgDriver(resolveOptions({ url: missing.href }));
    onTestFinished(() => driver.end());
    await expect(driver.connect()).rejects.toMatchObject({
      code: 'inbox_denied',
      details: { server: `${missing.host}/no-such-database`, reason: expect.stringContaining('no-such-database') },
    });
  });
});
