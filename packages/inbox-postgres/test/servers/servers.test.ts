import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findPgBouncer } from './find.ts';
import { startPgBouncer } from './pgbouncer.ts';
import { queryAt } from './postgres.ts';
import { startProxy } from './proxy.ts';
import { freshDatabase, sharedServer } from './test-server.ts';

const url = await sharedServer();

describe.skipIf(url === undefined)('servers for tests', () => {
  it.each(['before', 'after'] as const)('cut a connection %s COMMIT', async (when) => {
    const database = await freshDatabase(url as string);
    await queryAt(database, 'CREATE TABLE written (id integer)');
    const proxy = await startProxy(database);
    onTestFinished(() => proxy.stop());
    const client = new pg.Client({ connectionString: proxy.url, pipeline: true });
    client.on('error', () => {});
    await client.connect();
    const cut = proxy.cut(when, /INSERT INTO written/);
    const sent = [
      client.query('BEGIN'),
      client.query({ name: 'insert', text: 'INSERT INTO written VALUES ($1)', values: [1] }),
      client.query('COMMIT'),
    ];
    const results = await Promise.allSettled(sent);
    await cut;
    expect(results.at(-1)).toMatchObject({ status: 'rejected' });
    expect(await queryAt(database, 'SELECT id FROM written')).toHaveLength(when === 'after' ? 1 : 0);
  });

  it.skipIf(findPgBouncer() === undefined)('share the connections of PgBouncer between clients', async () => {
    const bouncer = await startPgBouncer(url as string);
    onTestFinished(() => bouncer.stop());
    const pid = async () => (await queryAt(bouncer.url, 'SELECT pg_backend_pid() AS pid'))[0]?.['pid'];
    expect(await pid()).toBe(await pid());
  });
});
