import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { pgDriver } from '../../src/connection/pg-driver.ts';
import { Sessions } from '../../src/connection/sessions.ts';
import { resolveOptions } from '../../src/options.ts';
import { Endings } from '../../src/write/endings.ts';
import { JobTransactions } from '../../src/write/job-transaction.ts';
import { operationsOf } from '../../src/write/operations.ts';
import { plainStore } from '../plain-store.ts';
import { queryAt } from '../servers/postgres.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';

const url = (await sharedServer()) as string;

const IDLE_MS = 1500;
const QUERY_MS = 1000;

describe.skipIf(url === undefined)('the transaction of a handler', () => {
  async function setUp(queryMs = QUERY_MS) {
    const store = await plainStore(url, freshSchema(url));
    const driver = pgDriver(resolveOptions({ url, queryTimeoutMs: queryMs }));
    const sessions = new Sessions(() => driver.connect(), 2);
    onTestFinished(() => Promise.all([sessions.close(), driver.end(), store.end()]).then(() => {}));
    const bills = `${store.schema}.bills`;
    await queryAt(url, `CREATE TABLE ${bills} (call text PRIMARY KEY)`);
    const endings = new Endings();
    const { finish } = operationsOf(store.schema, endings);
    const transactions = new JobTransactions({
      store,
      sessions,
      finish,
      endings,
      queryTimeoutMs: queryMs,
      idleMs: IDLE_MS,
      workIsDue() {},
      committed() {},
    });
    const insert = `INSERT INTO ${bills} VALUES ('c1')`;
    return { insert, begin: () => transactions.begin() };
  }

  it('lasts as long as the handler', async () => {
    const { begin, insert } = await setUp();
    const transaction = begin();
    await transaction.query(insert);
    await pause(3 * IDLE_MS);
    await expect(transaction.query('SELECT 1 AS one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
    await transaction.rollback();
  });

  it('keeps no lock of a host that is lost or blocked', async () => {
    const { begin, insert } = await setUp();
    const transaction = begin();
    await transaction.query(insert);
    // As a frozen process: it sends nothing, and its connection stays open.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3 * IDLE_MS);
    await expect(transaction.query('SELECT 1')).rejects.toMatchObject({ code: 'inbox_unavailable' });
    await queryAt(url, insert);
    await transaction.rollback();
  });

  it('says which limit a slow statement exceeded', async () => {
    const { begin } = await setUp();
    const transaction = begin();
    await expect(transaction.query('SELECT pg_sleep(3)')).rejects.toMatchObject({
      code: 'inbox_unavailable',
      details: { reason: 'A statement of the handler took longer than 1 s (queryTimeoutMs).' },
    });
    await transaction.rollback();
  });

  it('leaves no statement that goes on in the server', async () => {
    const { begin, insert } = await setUp();
    const transaction = begin();
    await transaction.query(insert);
    await expect(transaction.query(`SELECT pg_sleep(600)`)).rejects.toThrow('queryTimeoutMs');
    await transaction.rollback();
    // Until then, the server keeps the locks.
    await vi.waitFor(() => queryAt(url, insert.replace('INSERT', 'SET lock_timeout = 100; INSERT')));
  });

  it('does not wait in the server for a lock longer than here', async () => {
    // Long enough that the server is first on a busy machine too: it gives up a tenth earlier.
    const { begin, insert } = await setUp(8000);
    const [first, second] = [begin(), begin()];
    await first.query(insert);
    await expect(second.query(insert)).rejects.toMatchObject({ code: '55P03' });
    await second.rollback();
    await first.rollback();
  });
});
