import { randomBytes } from 'node:crypto';
import type { Inbox } from '@call-status/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { postgresInbox, schemaSql } from '../../src/index.ts';
import { queryAt } from '../servers/postgres.ts';
import { freshDatabase, sharedServer } from '../servers/test-server.ts';
import { eventOf } from './event-of.ts';
import { openInbox, takeOne } from './set-up.ts';

const server = await sharedServer();

describe.skipIf(server === undefined)('roles', () => {
  /** A role of the test. */
  async function role(attributes: string): Promise<string> {
    const name = `r_${randomBytes(8).toString('hex')}`;
    await queryAt(server as string, `CREATE ROLE ${name} ${attributes}`);
    return name;
  }

  /** A database whose schema belongs to an owner, with a role that may write its rows, and one that may only read them. */
  async function setUp(): Promise<Record<'admin' | 'app' | 'reader', string>> {
    const [owner, app, reader] = [
      await role('NOLOGIN'),
      await role("LOGIN PASSWORD 'a'"),
      await role("LOGIN PASSWORD 'r'"),
    ];
    onTestFinished(async () => {
      await queryAt(server as string, `DROP ROLE ${owner}, ${app}, ${reader}`);
    });
    const admin = await freshDatabase(server as string);
    const statements = [
      `GRANT CREATE ON DATABASE ${new URL(admin).pathname.slice(1)} TO ${owner}`,
      `SET ROLE ${owner}`,
      schemaSql(),
      `GRANT USAGE ON SCHEMA call_status TO ${app}, ${reader}`,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA call_status TO ${app}`,
      `GRANT SELECT ON ALL TABLES IN SCHEMA call_status TO ${reader}`,
    ];
    await queryAt(admin, statements.join(';\n'));
    const as = (name: string, password: string) => Object.assign(new URL(admin), { username: name, password }).href;
    return { admin, app: as(app, 'a'), reader: as(reader, 'r') };
  }

  async function handleOne(inbox: Inbox): Promise<void> {
    await inbox.record(eventOf('a'));
    const { lease } = await takeOne(inbox);
    expect(await inbox.renew([lease], 1000)).toEqual([]);
    expect(await inbox.finish(lease)).toBe('done');
  }

  it('that may change rows needs no more to record, handle, retry, erase and sweep', async () => {
    const { app } = await setUp();
    const inbox = await openInbox({ url: app, migrate: false, retentionMs: 1, sweepMs: 10 });
    await handleOne(inbox);
    await inbox.record(eventOf('a', 'completed'));
    const { lease } = await takeOne(inbox);
    expect(await inbox.fail(lease, { error: 'failed', doneHandlers: [] })).toBe('done');
    expect(await inbox.deadLetters.replay(lease.eventId)).toBe(true);
    expect(await inbox.forgetCall('acme', 'a')).toBe(true);
    expect(await inbox.health()).toMatchObject({ due: 0, dead: 0 });
    expect(await inbox.counts()).toMatchObject({ live: 0, ended: 0 });
  });

  it('that may only read is told so when it writes', async () => {
    const { app, reader } = await setUp();
    await handleOne(await openInbox({ url: app, migrate: false }));
    const inbox = postgresInbox({ url: reader });
    onTestFinished(() => inbox.close());
    await inbox.ready?.();
    expect((await inbox.listCalls()).rows).toMatchObject([{ callId: 'a' }]);
    await expect(inbox.record(eventOf('b'))).rejects.toMatchObject({
      code: 'inbox_unwritable',
      details: { hint: expect.stringContaining('Grant') },
    });
  });

  it('that may not write is told so when its service starts, also about one table and one right', async () => {
    const { admin, app, reader } = await setUp();
    const unwritable = (role: string, tables: string) => ({
      code: 'inbox_unwritable',
      details: { reason: expect.stringMatching(new RegExp(`role ${role} .* call_status: ${tables}\\.$`)) },
    });
    await expect(openInbox({ url: reader, migrate: false })).rejects.toMatchObject(
      unwritable(
        new URL(reader).username,
        'calls, inbox, jobs, leaders, recorded, refusals, tombstones, watches, workers',
      ),
    );
    const { username } = new URL(app);
    await queryAt(admin, `REVOKE DELETE ON call_status.tombstones FROM ${username}`);
    await expect(openInbox({ url: app, migrate: false })).rejects.toMatchObject(unwritable(username, 'tombstones'));
  });

  it('that may use nothing is told so at the start', async () => {
    const { admin } = await setUp();
    const stranger = await role("LOGIN PASSWORD 's'");
    onTestFinished(async () => {
      await queryAt(server as string, `DROP ROLE ${stranger}`);
    });
    const url = Object.assign(new URL(admin), { username: stranger, password: 's' }).href;
    await expect(openInbox({ url, migrate: false })).rejects.toMatchObject({ code: 'inbox_unwritable' });
    await expect(openInbox({ url, schema: 'mine' })).rejects.toMatchObject({ code: 'inbox_unwritable' });
  });
});
