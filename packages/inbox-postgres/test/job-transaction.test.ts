import { randomBytes } from 'node:crypto';
import type { Inbox, MovedCall } from '@call-status/core/inbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pgDriver } from '../src/connection/pg-driver.ts';
import { Sessions } from '../src/connection/sessions.ts';
import { OpenedStore } from '../src/opened-store.ts';
import { resolveOptions } from '../src/options.ts';
import { Endings } from '../src/write/endings.ts';
import { JobTransactions } from '../src/write/job-transaction.ts';
import { operationsOf } from '../src/write/operations.ts';
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

  it.each([
    'COMMIT',
    ' commit and chain',
    'END',
    'ROLLBACK',
    'rollback work',
    'ABORT',
    "PREPARE TRANSACTION 'a'",
    '; ;COMMIT',
    '/**/COMMIT',
    '/* outer /* inner */ -- and */COMMIT',
    '-- a line /*\nCOMMIT',
    '-- a line\r/* and *//* more */ ROLLBACK',
  ])('cannot be ended by %j', async (text) => {
    const { begin, lease, bills } = await setUp();
    const transaction = begin();
    await transaction.query(`INSERT INTO ${bills} VALUES ('a')`);
    await expect(transaction.query(text)).rejects.toMatchObject({ code: 'no_transaction' });
    expect(await queryAt(url, `SELECT * FROM ${bills}`)).toEqual([]);
    expect(await transaction.finish(lease)).toBe('done');
    expect(await queryAt(url, `SELECT * FROM ${bills}`)).toEqual([{ call: 'a' }]);
  });

  it.each([`INSERT INTO $bills VALUES ('a'); COMMIT; BEGIN`, 'SELECT 1; COMMIT', `DO 'BEGIN COMMIT; END'`])(
    'cannot be ended within %j',
    async (text) => {
      const { begin, lease, bills } = await setUp();
      const transaction = begin();
      await transaction.query(`INSERT INTO ${bills} VALUES ('a')`);
      // 42601: several statements; 2D000: the end of a transaction within one.
      const code = expect.stringMatching(/^(42601|2D000)$/);
      await expect(transaction.query(text.replace('$bills', bills))).rejects.toMatchObject({ code });
      await expect(transaction.finish(lease)).rejects.toMatchObject({ code: '25P02' });
      expect(await queryAt(url, `SELECT * FROM ${bills}`)).toEqual([]);
    },
  );

  it.each(['', ' ', ';', '-- nothing', '/* COMMIT */', "SELECT 'a' AS commit"])(
    'takes a statement that ends nothing: %j',
    async (text) => {
      const { begin, lease, bills } = await setUp();
      const transaction = begin();
      await transaction.query(`INSERT INTO ${bills} VALUES ('a')`);
      await transaction.query(text);
      expect(await transaction.finish(lease)).toBe('done');
      expect(await queryAt(url, `SELECT * FROM ${bills}`)).toEqual([{ call: 'a' }]);
    },
  );

  it('takes no statement after its end', async () => {
    const transaction = (await setUp()).begin();
    await transaction.rollback();
    await expect(transaction.query('SELECT 1')).rejects.toMatchObject({ code: 'closed' });
  });

  it('returns its connection if it cannot begin', async () => {
    const { schema } = await setUp();
    const options = resolveOptions({ url, schema });
    const driver = pgDriver(options);
    onTestFinished(() => driver.end());
    const store = new OpenedStore(options, driver, { workIsDue() {}, committed() {} });
    const sessions = new Sessions(() => store.connect(), 1);
    onTestFinished(() => sessions.close());
    const endings = new Endings();
    const { finish } = operationsOf(store.schema, endings);
    // The server refuses it.
    const idleMs = -1;
    const transactions = new JobTransactions({
      store,
      sessions,
      finish,
      endings,
      queryTimeoutMs: 1000,
      idleMs,
      workIsDue() {},
      committed() {},
    });
    for (let time = 0; time < 2; time++) {
      await expect(transactions.begin().query('SELECT 1')).rejects.toThrow('idle_in_transaction_session_timeout');
    }
  });

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

  /** A role without rights on the tables of the inbox. */
  async function tenant(bills: string): Promise<string> {
    const role = `r_${randomBytes(8).toString('hex')}`;
    await queryAt(url, `CREATE ROLE ${role}`);
    onTestFinished(async () => {
      await queryAt(url, `DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
    });
    const [schema] = bills.split('.');
    await queryAt(url, `GRANT INSERT ON ${bills} TO ${role}; GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
    return role;
  }

  it.each(['SET LOCAL ROLE', 'SET ROLE', 'SET SESSION AUTHORIZATION'])(
    'is finished by the role of the inbox after %s',
    async (statement) => {
      const { begin, lease, bills } = await setUp();
      const role = await tenant(bills);
      const transaction = begin();
      await transaction.query(`${statement} ${role}`);
      await transaction.query(`INSERT INTO ${bills} VALUES (current_user)`);
      expect(await transaction.finish(lease)).toBe('done');
      expect(await queryAt(url, `SELECT * FROM ${bills}`)).toEqual([{ call: role }]);
    },
  );

  it('makes the checks that were deferred as the role of the handler', async () => {
    const { begin, lease, schema, bills } = await setUp();
    const role = await tenant(bills);
    await queryAt(
      url,
      `CREATE FUNCTION ${schema}.check_bill() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE 'checked as %', current_user; END $$;
      CREATE CONSTRAINT TRIGGER checked AFTER INSERT ON ${bills} DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION ${schema}.check_bill()`,
    );
    const transaction = begin();
    await transaction.query(`SET LOCAL ROLE ${role}`);
    await transaction.query(`INSERT INTO ${bills} VALUES ('a')`);
    await expect(transaction.finish(lease)).rejects.toThrow(`checked as ${role}`);
    expect(await queryAt(url, `SELECT * FROM ${bills}`)).toEqual([]);
  });

  it.each(['finish', 'rollback'] as const)('leaves nothing of its session to the next one after %s', async (end) => {
    const { begin, lease } = await setUp();
    const settings = async (transaction: ReturnType<typeof begin>) => {
      const text = `SELECT current_setting('search_path') AS path, pg_backend_pid() AS pid`;
      return (await transaction.query<{ path: string; pid: number }>(text)).rows[0];
    };
    const first = begin();
    const before = await settings(first);
    await first.query('SET search_path = tenant_a');
    await first.query('CREATE TEMP TABLE bills (call text)');
    await first.query('DECLARE here CURSOR WITH HOLD FOR SELECT 1');
    await (end === 'finish' ? first.finish(lease) : first.rollback());
    const second = begin();
    expect(await settings(second)).toEqual(before);
    await second.query('CREATE TEMP TABLE bills (call text)');
    await expect(second.query('FETCH here')).rejects.toThrow('does not exist');
    await second.rollback();
  });
});

it.skipIf(url === undefined)('ids with NUL belong to nothing', async () => {
  const inbox = (await openInbox({ url, schema: freshSchema(url) })) as Required<Inbox>;
  expect(await inbox.deadLetters.replay('a\0')).toBe(false);
  expect(await inbox.deadLetters.discard('a\0')).toBe(false);
  expect(await inbox.forgetCall('acme', 'a\0')).toBe(false);
  expect(await inbox.endCall('acme', 'a\0', { status: 'failed' })).toBe(false);
  expect(await inbox.exportCall('acme', 'a\0')).toBeUndefined();
  const moved = { provider: 'acme', callId: 'a', events: [{ event: { ...eventOf('a\0'), transition: 'advance' } }] };
  await expect(inbox.importCall(moved as MovedCall)).rejects.toMatchObject({ code: 'inbox_unavailable' });
});

it.skipIf(url === undefined)('an inbox that was closed does not open again', async () => {
  const inbox = await openInbox({ url, schema: freshSchema(url) });
  await inbox.close();
  await expect(inbox.ready?.()).rejects.toMatchObject({ code: 'closed' });
});
