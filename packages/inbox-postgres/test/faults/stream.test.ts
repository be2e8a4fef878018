import { connect, type Socket } from 'node:net';
import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { queryAt } from '../servers/postgres.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';
import { eventOf } from './event-of.ts';
import { openInbox } from './set-up.ts';

const url = (await sharedServer()) as string;

describe.skipIf(url === undefined)('a pool whose stream leads to the server, as that of a connector', () => {
  function setUp() {
    const { hostname, port, username: user, password, pathname } = new URL(url);
    const streams: Socket[] = [];
    const stream = (): Socket => {
      const socket = connect(Number(port), hostname);
      // The connector's is connected by itself.
      socket.connect = () => socket;
      streams.push(socket);
      return socket;
    };
    // A port at which nothing listens.
    const pool = new pg.Pool({ user, password, database: pathname.slice(1), port: 1, max: 1, stream, ssl: false });
    onTestFinished(() => (pool.ended ? undefined : pool.end()));
    return { pool, streams };
  }

  it('is the way of all connections', async () => {
    const { pool, streams } = setUp();
    const schema = freshSchema(url);
    const inbox = await openInbox({ pool, schema, listen: true });
    await inbox.record(eventOf('a'));
    expect(await inbox.counts()).toMatchObject({ live: 1 });
    const stop = inbox.onJobs(() => {});
    stop();
    await inbox.close();
    await pool.end();
    expect(streams.length).toBeGreaterThan(2);
    await vi.waitFor(() => expect(streams.filter(({ destroyed }) => !destroyed)).toHaveLength(0));
    expect(await queryAt(url, `SELECT call_id FROM ${schema}.calls`)).toEqual([{ call_id: 'a' }]);
  });

  it('is not used to name the server of an error', async () => {
    const { pool, streams } = setUp();
    const inbox = await openInbox({ pool, schema: freshSchema(url), connectTimeoutMs: 200 });
    const taken = await pool.connect();
    const before = streams.length;
    await expect(inbox.counts()).rejects.toMatchObject({ code: 'inbox_unavailable' });
    taken.release();
    expect(streams.length).toBe(before);
  });
});
