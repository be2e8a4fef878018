import { describe, expect, it } from 'vitest';
import { queryAt } from '../servers/postgres.ts';
import { freshDatabase, freshSchema, sharedServer } from '../servers/test-server.ts';
import { eventOf } from './event-of.ts';
import { openInbox, takeOne } from './set-up.ts';

const server = await sharedServer();

describe.skipIf(server === undefined)('defaults of the database', () => {
  /** A database in which every session begins with these settings. */
  async function databaseWith(...settings: string[]): Promise<string> {
    const url = await freshDatabase(server as string);
    const name = new URL(url).pathname.slice(1);
    for (const setting of settings) await queryAt(server as string, `ALTER DATABASE ${name} SET ${setting}`);
    return url;
  }

  it('do not make writing serializable, read-only or less durable', async () => {
    const url = await databaseWith(
      "default_transaction_isolation = 'serializable'",
      'default_transaction_read_only = on',
      'synchronous_commit = off',
    );
    const [one, two] = [await openInbox({ url }), await openInbox({ url })];
    // Serializable transactions on the same calls would fail each other.
    const calls = Array.from({ length: 40 }, (_, n) => `call-${n % 4}`);
    const recorded = await Promise.all(
      calls.map((callId, n) =>
        (n % 2 === 0 ? one : two).record({ ...eventOf(callId, 'in-progress'), id: `event-${n}` }),
      ),
    );
    expect(recorded.filter(({ transition }) => transition === 'advance')).toHaveLength(4);
    const { lease } = await takeOne(await onlyWith(url, 'only'));
    expect(lease.eventId).toBe('acme:only:ringing');
  });

  it('with a limit for statements are a clear error', async () => {
    const url = await databaseWith();
    const inbox = await openInbox({ url });
    await inbox.record(eventOf('a'));
    await queryAt(
      url,
      `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN new; END'`,
    );
    await queryAt(
      url,
      'CREATE TRIGGER slow BEFORE INSERT ON call_status.recorded FOR EACH ROW EXECUTE FUNCTION slow()',
    );
    const name = new URL(url).pathname.slice(1);
    await queryAt(url, `ALTER DATABASE ${name} SET statement_timeout = 1000`);
    const other = await openInbox({ url });
    await expect(other.record(eventOf('b'))).rejects.toMatchObject({
      code: 'inbox_unavailable',
      details: { reason: expect.stringContaining('57014') },
    });
  });

  it('with another search path do not matter', async () => {
    const url = await databaseWith("search_path = ''");
    const inbox = await openInbox({ url });
    await inbox.record(eventOf('a'));
    expect((await inbox.getCall('acme', 'a'))?.status).toBe('ringing');
  });

  async function onlyWith(url: string, callId: string) {
    const inbox = await openInbox({ url, schema: 'other' });
    await inbox.record(eventOf(callId));
    return inbox;
  }
});

describe.skipIf(server === undefined)('events', () => {
  const url = server as string;

  it('may have a megabyte', async () => {
    const inbox = await openInbox({ url, schema: freshSchema(url) });
    const text = 'é'.repeat(500_000);
    await inbox.record(eventOf('large', 'ringing', { text }));
    expect((await inbox.getCall('acme', 'large'))?.events[0]?.raw).toEqual({ text });
    expect((await takeOne(inbox)).event.raw).toEqual({ text });
  });

  it('may contain NUL, and so may errors', async () => {
    const inbox = await openInbox({ url, schema: freshSchema(url) });
    await inbox.record(eventOf('nul', 'ringing', { 'a\0': ['\0', 'b\0c'] }));
    const { lease, event } = await takeOne(inbox);
    expect(event.raw).toEqual({ 'a\0': ['\0', 'b\0c'] });
    expect(await inbox.fail(lease, { error: 'failed\0', doneHandlers: ['onRinging\0'] })).toBe('done');
    expect((await inbox.deadLetters.list()).rows).toMatchObject([{ event: { id: event.id } }]);
  });

  it('can be read in the view, NUL or not', async () => {
    const schema = freshSchema(url);
    const inbox = await openInbox({ url, schema });
    await inbox.record(eventOf('nul', 'ringing', { text: '\0' }));
    const rows = await queryAt(url, `SELECT call_id, status, raw ->> 'text' AS text FROM "${schema}".events`);
    expect(rows).toEqual([{ call_id: 'nul', status: 'ringing', text: '\ufffd' }]);
  });

  it('are refused with a clear error when the schema was removed', async () => {
    const schema = freshSchema(url);
    const inbox = await openInbox({ url, schema });
    await queryAt(url, `DROP SCHEMA "${schema}" CASCADE`);
    await expect(inbox.record(eventOf('a'))).rejects.toMatchObject({ code: 'inbox_missing' });
  });
});
