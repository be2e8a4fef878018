import type { Lease } from '@call-status/core/inbox';
import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { pgDriver } from '../../src/connection/pg-driver.ts';
import type { Driver, Session } from '../../src/connection/session.ts';
import { postgresInbox } from '../../src/index.ts';
import { resolveOptions } from '../../src/options.ts';
import { PostgresInbox } from '../../src/postgres-inbox.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';
import { eventOf } from './event-of.ts';
import { openInbox, take } from './set-up.ts';

const url = (await sharedServer()) as string;

describe.skipIf(url === undefined)('named statements that are lost while the inbox writes', () => {
  it('cost no event: the group runs again without names', async () => {
    const options = resolveOptions({ url, schema: freshSchema(url), listen: false });
    const driver = pgDriver(options);
    const sessions: Session[] = [];
    const connect: Driver['connect'] = async (limits) => {
      const session = await driver.connect(limits);
      sessions.push(session);
      return session;
    };
    const inbox = new PostgresInbox(options, { ...driver, connect });
    onTestFinished(() => inbox.close());
    const onWarning = vi.fn<() => void>();
    await inbox.ready({ create: true, onWarning });
    await inbox.record(eventOf('a'));
    for (const call of ['a', 'b', 'c']) {
      // What PgBouncer does when the session gets another connection of the server.
      await sessions.at(-1)?.query('DEALLOCATE ALL');
      expect(await inbox.record(eventOf(call, 'completed'))).toMatchObject({ done: false });
    }
    expect(onWarning).toHaveBeenCalledOnce();
    expect(onWarning).toHaveBeenCalledWith(expect.objectContaining({ code: 'inbox_unnamed_statements' }));
    expect(await inbox.counts()).toMatchObject({ ended: 3 });
  });
});

describe.skipIf(url === undefined)('a first group that fails', () => {
  it('does not look like names that are lost', async () => {
    const schema = freshSchema(url);
    const first = await openInbox({ url, schema });
    await Promise.all(['a', 'b'].map((callId) => first.record(eventOf(callId))));
    const [one, other] = (await take(first)).map(({ lease }) => lease) as [Lease, Lease];
    const locking = new pg.Client({ connectionString: url });
    await locking.connect();
    onTestFinished(() => locking.end());
    await locking.query(`BEGIN; SELECT * FROM ${schema}.calls FOR UPDATE`);
    const inbox = postgresInbox({ url, schema, listen: false });
    onTestFinished(() => inbox.close());
    const onWarning = vi.fn<() => void>();
    await inbox.ready({ onWarning });
    // Both make the next job of a call due, with one statement, which the server does not get to know.
    const results = await Promise.allSettled([inbox.finish(one), inbox.release(other)]);
    expect(results).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    await locking.query('ROLLBACK');
    expect(await Promise.all([inbox.finish(one), inbox.release(other)])).toEqual(['done', 'done']);
    expect(onWarning).not.toHaveBeenCalled();
  });
});
