import { describe, expect, it } from 'vitest';
import { eventOf } from './faults/event-of.ts';
import { openInbox, takeOne } from './faults/set-up.ts';
import { queryAt } from './servers/postgres.ts';
import { freshSchema, sharedServer } from './servers/test-server.ts';

const url = (await sharedServer()) as string;

describe.skipIf(url === undefined)('a transaction of handlers', () => {
  async function setUp() {
    const schema = freshSchema(url);
    const inbox = await openInbox({ url, schema, readConnections: 1 });
    await queryAt(url, `CREATE TABLE ${schema}.bills (call text)`);
    await inbox.record(eventOf('a', 'completed'));
    const { lease } = await takeOne(inbox);
    const begin = () => inbox.transaction?.() as NonNullable<ReturnType<NonNullable<typeof inbox.transaction>>>;
    return { begin, lease, schema, bills: `${schema}.bills` };
  }

  it.each(['COMMIT', ' commit and chain', 'END', 'ROLLBACK', 'rollback work', 'ABORT', "PREPARE TRANSACTION 'a'"])(
    'cannot be ended by %s',
    async (text) => {
      const { begin, lease, bills } = await setUp();
      const transaction = begin();
      await transaction.query(`INSERT INTO ${bills} VALUES ('a')`);
      await expect(transaction.query(text)).rejects.toMatchObject({ code: 'no_transaction' });
      expect(await queryAt(url, `SELECT * FROM ${bills}`)).toEqual([]);
      expect(await transaction.finish(lease)).toBe('done');
      expect(await queryAt(url, `SELECT * FROM ${bills}`)).toEqual([{ call: 'a' }]);
    },
  );

  it('may return to a savepoint', async () => {
    const { begin, lease, bills } = await setUp();
    const transaction = begin();
    await transaction.query('SAVEPOINT here');
    await transaction.query(`INSERT INTO ${bills} VALUES ('a')`);
    await transaction.query('ROLLBACK TO here');
    await transaction.query('ROLLBACK WORK TO SAVEPOINT here');
    expect(await transaction.finish(lease)).toBe('done');
    expect(await queryAt(url, `SELECT * FROM ${bills}`)).toEqual([]);
  });

  it.each(['finish', 'rollback'] as const)('leaves no setting to the next one after %s', async (end) => {
    const { begin, lease } = await setUp();
    const settings = async (transaction: ReturnType<typeof begin>) => {
      const text = `SELECT current_setting('search_path') AS path, pg_backend_pid() AS pid`;
      return (await transaction.query<{ path: string; pid: number }>(text)).rows[0];
    };
    const first = begin();
    const before = await settings(first);
    await first.query('SET search_path = tenant_a');
    await (end === 'finish' ? first.finish(lease) : first.rollback());
    const second = begin();
    expect(await settings(second)).toEqual(before);
    await second.rollback();
  });
});

it.skipIf(url === undefined)('ids with NUL belong to nothing', async () => {
  const inbox = await openInbox({ url, schema: freshSchema(url) });
  expect(await inbox.deadLetters.replay('a\0')).toBe(false);
  expect(await inbox.deadLetters.discard('a\0')).toBe(false);
  expect(await inbox.forgetCall('acme', 'a\0')).toBe(false);
  expect(await inbox.endCall('acme', 'a\0', { status: 'failed' })).toBe(false);
});
