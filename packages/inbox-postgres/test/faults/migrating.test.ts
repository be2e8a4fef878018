import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pgDriver } from '../../src/connection/pg-driver.ts';
import { resolveOptions } from '../../src/options.ts';
import { prepareSchema, quoted } from '../../src/schema/migrate.ts';
import { migrations } from '../../src/schema/schema.ts';
import { queryAt } from '../servers/postgres.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';
import { eventOf } from './event-of.ts';
import { openInbox } from './set-up.ts';

const url = (await sharedServer()) as string;

describe.skipIf(url === undefined)('a migration beside a long reader, such as a backup', () => {
  async function setUp() {
    const schema = freshSchema(url);
    const inbox = await openInbox({ url, schema });
    await inbox.record(eventOf('a'));
    const reader = new pg.Client({ connectionString: url });
    await reader.connect();
    onTestFinished(() => reader.end());
    await reader.query(`BEGIN; SELECT * FROM ${schema}.recorded`);
    const migrate = (allMs: number, changes = ['recorded']): Promise<void> => {
      const driver = pgDriver(resolveOptions({ url }));
      onTestFinished(() => driver.end());
      const sql = `ALTER TABLE ${schema}.recorded ADD COLUMN weight integer`;
      const versions = [...migrations(quoted(schema)), { sql, changes, oldestWriter: 1 }];
      const patience = { lockMs: 100, pauseMs: 10, allMs };
      return prepareSchema(driver, { schema, migrate: true, create: true, versions, patience });
    };
    const isMigrated = async () => {
      const columns = `SELECT 1 FROM information_schema.columns WHERE table_schema = '${schema}' AND column_name = 'weight'`;
      return (await queryAt(url, columns)).length > 0;
    };
    return { schema, inbox, reader, migrate, isMigrated };
  }

  it('stops no host while it waits, and is done once the reader has ended', async () => {
    const { schema, inbox, reader, migrate, isMigrated } = await setUp();
    const migrated = migrate(60_000);
    for (const callId of ['b', 'c']) {
      await queryAt(
        url,
        `SET statement_timeout = '20s'; DO $$ BEGIN
          WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = '${schema}.recorded'::regclass) LOOP
            PERFORM pg_sleep(0.001);
          END LOOP;
        END $$`,
      );
      expect(await inbox.record(eventOf(callId))).toMatchObject({ transition: 'advance' });
    }
    expect(await isMigrated()).toBe(false);
    await reader.query('COMMIT');
    await migrated;
    expect(await isMigrated()).toBe(true);
  });

  it('says so if the reader does not end, and changes nothing', async () => {
    const { reader, migrate, isMigrated } = await setUp();
    await expect(migrate(0)).rejects.toMatchObject({
      code: 'inbox_unavailable',
      details: { reason: expect.stringContaining('another transaction keeps them locked') },
    });
    expect(await isMigrated()).toBe(false);
    await reader.query('COMMIT');
    await migrate(0);
    expect(await isMigrated()).toBe(true);
  });

  it('does not try again what fails for another reason', async () => {
    const { migrate } = await setUp();
    await expect(migrate(60_000, ['missing'])).rejects.toMatchObject({ code: '42P01' });
  });
});
