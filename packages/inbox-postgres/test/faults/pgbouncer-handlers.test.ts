import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findPgBouncer } from '../servers/find.ts';
import { startPgBouncer } from '../servers/pgbouncer.ts';
import { queryAt } from '../servers/postgres.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';
import { eventOf } from './event-of.ts';
import { openInbox, takeOne } from './set-up.ts';

const url = (await sharedServer()) as string;

const STATE = `
  SELECT coalesce(current_setting('app.tenant', true), '') AS tenant, current_user AS role, current_setting('search_path') AS path,
    (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks, pg_backend_pid() AS pid`;

describe.skipIf(url === undefined || findPgBouncer() === undefined)('behind PgBouncer in transaction mode', () => {
  it.each(['finish', 'rollback'] as const)(
    'what a handler sets does not reach another client after %s',
    async (end) => {
      // The other client waits for the only connection, and gets it as soon as the handler's transaction has ended.
      const bouncer = await startPgBouncer(url, 1);
      onTestFinished(() => bouncer.stop());
      const inbox = await openInbox({ url: bouncer.url, schema: freshSchema(url), preparedStatements: false });
      await inbox.record(eventOf('a'));
      const { lease } = await takeOne(inbox);
      const other = new pg.Client({ connectionString: bouncer.url });
      await other.connect();
      onTestFinished(() => other.end());
      const before = (await other.query(STATE)).rows;
      const transaction = inbox.transaction?.() as NonNullable<ReturnType<NonNullable<typeof inbox.transaction>>>;
      await transaction.query(
        "SELECT set_config('app.tenant', 'a', false), set_config('search_path', 'tenant_a', false)",
      );
      await transaction.query('SET ROLE pg_monitor');
      await transaction.query('SELECT pg_advisory_lock(1)');
      const after = other.query(STATE);
      await vi.waitFor(async () =>
        expect(await queryAt(bouncer.console, 'SHOW POOLS')).toContainEqual(expect.objectContaining({ cl_waiting: 1 })),
      );
      await (end === 'finish' ? transaction.finish(lease) : transaction.rollback());
      expect((await after).rows).toEqual(before);
    },
  );
});
