import type { Inbox } from '@call-status/core';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { findPostgres } from '../servers/find.ts';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { freshSchema } from '../servers/test-server.ts';
import { eventOf } from './event-of.ts';
import { openInbox } from './set-up.ts';

const UNAVAILABLE = { code: 'inbox_unavailable', status: 503 };

describe.skipIf(findPostgres() === undefined)('a server that fails', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres({ settings: ['max_connections=30', 'superuser_reserved_connections=3'] });
    await server.query('CREATE ROLE caller LOGIN; GRANT CREATE ON DATABASE postgres TO caller');
  });

  afterAll(() => server?.remove());

  const open = (schema = freshSchema(server.url)): Promise<Inbox> =>
    openInbox({ url: server.urlOf('postgres', 'caller'), schema, queryTimeoutMs: 500, connectTimeoutMs: 500 });

  /** What `record` says about an event of each of these calls: nothing acknowledged may be lost. */
  async function acknowledged(inbox: Inbox, calls: readonly string[]): Promise<string[]> {
    const results = await Promise.allSettled(calls.map((callId) => inbox.record(eventOf(callId))));
    return calls.filter((_, at) => results[at]?.status === 'fulfilled');
  }

  async function expectRecorded(inbox: Inbox, calls: readonly string[]): Promise<void> {
    for (const callId of calls) {
      expect((await inbox.getCall('acme', callId))?.events, callId).toHaveLength(1);
    }
  }

  it('rejects while it is stopped, and records as soon as it is back', async () => {
    const inbox = await open();
    await inbox.record(eventOf('before'));
    await server.stop('immediate');
    const away = { ...UNAVAILABLE, details: { server: server.address, hint: expect.stringContaining('running?') } };
    await expect(inbox.record(eventOf('during'))).rejects.toMatchObject(away);
    await expect(inbox.getCall('acme', 'before')).rejects.toMatchObject(away);
    await server.start();
    await inbox.record(eventOf('after'));
    await expectRecorded(inbox, ['before', 'after']);
  });

  it('may be away at the start', async () => {
    const inbox = await open();
    await inbox.close();
    await server.stop();
    const late = open();
    await expect(late).rejects.toMatchObject(UNAVAILABLE);
    await server.start();
    await expect(open()).resolves.toBeDefined();
  });

  it('rejects while it is frozen, instead of waiting for ever', async () => {
    const inbox = await open();
    await inbox.record(eventOf('before'));
    server.freeze();
    onTestFinished(() => server.thaw());
    // Not a second time on another connection: the first may have gone on.
    const timeout = {
      ...UNAVAILABLE,
      details: { server: server.address, reason: 'It did not answer within 500 ms (queryTimeoutMs).' },
    };
    await expect(inbox.record(eventOf('during'))).rejects.toMatchObject(timeout);
    await expect(inbox.getCall('acme', 'before')).rejects.toMatchObject(UNAVAILABLE);
    await expect(inbox.record(eventOf('later'))).rejects.toMatchObject(UNAVAILABLE);
    server.thaw();
    await vi.waitFor(() => inbox.record(eventOf('after')));
    await expectRecorded(inbox, ['before', 'after']);
  });

  it('rejects at once all that has waited for it while it was frozen', async () => {
    const inbox = await open();
    await inbox.record(eventOf('before'));
    server.freeze();
    onTestFinished(() => server.thaw());
    // More than a transaction holds. Each further one would wait for a connection.
    const results = await Promise.allSettled(Array.from({ length: 1000 }, (_, n) => inbox.record(eventOf(`${n}`))));
    const reasons = new Set(results.map((result) => result.status === 'rejected' && result.reason.details.reason));
    expect([...reasons]).toEqual(['It did not answer within 500 ms (queryTimeoutMs).']);
  });

  it('rejects while it has no connection left', async () => {
    const inbox = await open();
    await server.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'caller'");
    const others: pg.Client[] = [];
    onTestFinished(() => Promise.all(others.map((client) => client.end())).then(() => {}));
    for (let isFull = false; !isFull; ) {
      const client = new pg.Client({ connectionString: server.urlOf('postgres', 'caller') });
      client.on('error', () => {});
      isFull = await client.connect().then(
        () => !others.push(client),
        () => true,
      );
    }
    const error = await inbox.record(eventOf('during')).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ ...UNAVAILABLE, details: { reason: expect.stringContaining('53300') } });
    await Promise.all(others.splice(0).map((client) => client.end()));
    await vi.waitFor(() => inbox.record(eventOf('after')));
    await expectRecorded(inbox, ['after']);
  });

  it('loses nothing that was acknowledged when it ends all connections', async () => {
    const inbox = await open();
    const kept: string[] = [];
    for (let round = 0; round < 5; round++) {
      const calls = Array.from({ length: 16 }, (_, n) => `${round}-${n}`);
      const [recorded] = await Promise.all([
        acknowledged(inbox, calls),
        server.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'caller'"),
      ]);
      kept.push(...recorded);
    }
    await vi.waitFor(() => inbox.record(eventOf('after')));
    await expectRecorded(inbox, [...kept, 'after']);
  });

  it('rejects what is about a call that another program locks, records the others, and leaves nothing that waits', async () => {
    const schema = freshSchema(server.url);
    const inbox = await open(schema);
    await inbox.record(eventOf('locked'));
    const other = new pg.Client({ connectionString: server.url });
    await other.connect();
    onTestFinished(() => other.end());
    await other.query(`BEGIN; SELECT * FROM "${schema}".calls WHERE call_id = 'locked' FOR UPDATE`);
    const calls = ['before', 'locked', 'after'];
    for (const status of ['ringing', 'in-progress', 'completed'] as const) {
      const results = await Promise.allSettled(calls.map((callId) => inbox.record(eventOf(callId, status))));
      expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    }
    expect(await server.query("SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).toEqual([]);
    await other.query('ROLLBACK');
    await inbox.record(eventOf('locked', 'in-progress'));
    expect((await inbox.getCall('acme', 'locked'))?.events).toHaveLength(2);
  });

  it('rejects reads through a pool that has no limits of its own', async () => {
    const pool = new pg.Pool({ connectionString: server.urlOf('postgres', 'caller'), max: 1 });
    pool.on('error', () => {});
    onTestFinished(() => pool.end());
    const inbox = await openInbox({
      pool,
      schema: freshSchema(server.url),
      queryTimeoutMs: 500,
      connectTimeoutMs: 500,
    });
    await inbox.record(eventOf('before'));
    await expectRecorded(inbox, ['before']);
    server.freeze();
    onTestFinished(() => server.thaw());
    // The first has a connection, the second opens one.
    await expect(inbox.getCall('acme', 'before')).rejects.toMatchObject(UNAVAILABLE);
    await expect(inbox.health()).rejects.toMatchObject(UNAVAILABLE);
    server.thaw();
    await vi.waitFor(() => expectRecorded(inbox, ['before']));
    const taken = await pool.connect();
    await expect(inbox.getCall('acme', 'before')).rejects.toMatchObject({
      ...UNAVAILABLE,
      details: { reason: 'The pool gave no connection within 500 ms (connectTimeoutMs).' },
    });
    taken.release();
    // What comes too late goes back to the pool.
    await expectRecorded(inbox, ['before']);
  });
});
