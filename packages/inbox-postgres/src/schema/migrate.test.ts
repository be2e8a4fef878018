import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { queryAt } from '../../test/servers/postgres.ts';
import { freshDatabase, freshSchema, sharedServer } from '../../test/servers/test-server.ts';
import { pgDriver } from '../connection/pg-driver.ts';
import type { Driver } from '../connection/session.ts';
import { resolveOptions } from '../options.ts';
import { prepareSchema, quoted, requireSchema, schemaSql, statementsOf } from './migrate.ts';
import { type Migration, migrations } from './schema.ts';

const server = await sharedServer();

/** The version of this release. */
const LATEST = migrations('').length;

const VERSIONS = Array.from({ length: LATEST }, (_, at) => ({ version: at + 1 }));

const SERVICE = { migrate: true, create: true };

function open(url: string): Driver {
  const driver = pgDriver(resolveOptions({ url }));
  onTestFinished(() => driver.end());
  return driver;
}

/** Opens a connection for writing, as an inbox does. */
async function connect(driver: Driver, schema: string): Promise<void> {
  const session = await driver.connect();
  try {
    await requireSchema(session, schema);
  } finally {
    await session.end();
  }
}

describe.skipIf(server === undefined)('the schema', () => {
  const url = server as string;

  it('is created once, however many do it at once', async () => {
    const schema = freshSchema(url);
    const drivers = Array.from({ length: 20 }, () => open(url));
    await Promise.all(drivers.map((driver) => prepareSchema(driver, { schema, ...SERVICE })));
    expect(await queryAt(url, `SELECT version FROM ${schema}.migrations`)).toEqual(VERSIONS);
    await connect(open(url), schema);
  });

  it('takes no lock when it is up to date', async () => {
    const schema = freshSchema(url);
    const driver = open(url);
    await prepareSchema(driver, { schema, ...SERVICE });
    await driver.transaction(async (query) => {
      await query("SELECT pg_advisory_xact_lock(hashtextextended('call-status:' || $1, 0))", [schema]);
      await expect(prepareSchema(open(url), { schema, ...SERVICE })).resolves.toBeUndefined();
    });
  });

  it.each([
    ['a script', { migrate: true, create: false }, 'await inbox.ready({ create: true })'],
    ['a service that may not create tables', { migrate: false, create: true }, 'schemaSql()'],
  ])('is not created by %s', async (_, who, hint) => {
    const error = prepareSchema(open(url), { schema: freshSchema(url), ...who });
    await expect(error).rejects.toMatchObject({
      code: 'inbox_missing',
      details: { hint: expect.stringContaining(hint) },
    });
  });

  it('is missed by a connection', async () => {
    await expect(
      open(url)
        .connect()
        .then((session) => requireSchema(session, freshSchema(url))),
    ).rejects.toMatchObject({ code: '42P01' });
  });

  it('is not created beside tables of another program', async () => {
    const schema = freshSchema(url);
    await queryAt(url, `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.calls (id integer)`);
    await expect(prepareSchema(open(url), { schema, ...SERVICE })).rejects.toMatchObject({ code: 'inbox_unsupported' });
    expect(await queryAt(url, `SELECT to_regclass('${schema}.migrations') AS found`)).toEqual([{ found: null }]);
  });

  it.each(['name text', 'version text', 'version integer', 'version boolean'])(
    'is not taken for one whose table of migrations has the column %s',
    async (column) => {
      const schema = freshSchema(url);
      await queryAt(url, `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.migrations (id integer, ${column})`);
      const refused = { code: 'inbox_unsupported', details: { reason: expect.stringContaining('another program') } };
      await expect(prepareSchema(open(url), { schema, ...SERVICE })).rejects.toMatchObject(refused);
      await expect(connect(open(url), schema)).rejects.toMatchObject(refused);
    },
  );

  it('is created in spite of the defaults of the role', async () => {
    const database = await freshDatabase(url);
    const name = new URL(database).pathname.slice(1);
    for (const setting of ['default_transaction_read_only = on', 'statement_timeout = 1000', 'lock_timeout = 1000']) {
      await queryAt(url, `ALTER DATABASE ${name} SET ${setting}`);
    }
    const slow = { sql: 'SELECT pg_sleep(1.5)', changes: [], oldestWriter: 1 };
    const versions = [...migrations(quoted('call_status')), slow];
    await prepareSchema(open(database), { schema: 'call_status', ...SERVICE, versions });
    await expect(connect(open(database), 'call_status')).resolves.toBeUndefined();
  });

  it('is the same when people create it by hand', async () => {
    const [byHand, byService] = [await freshDatabase(url), await freshDatabase(url)];
    await queryAt(byHand, schemaSql());
    await prepareSchema(open(byService), { schema: 'call_status', ...SERVICE });
    const columns = `SELECT table_name, column_name, data_type, column_default FROM information_schema.columns
      WHERE table_schema = 'call_status' ORDER BY 1, 2`;
    const indexes = `SELECT indexdef FROM pg_indexes WHERE schemaname = 'call_status' ORDER BY 1`;
    const versions = 'SELECT version, oldest_writer FROM call_status.migrations';
    for (const query of [columns, indexes, versions]) {
      expect(await queryAt(byHand, query)).toEqual(await queryAt(byService, query));
    }
    await prepareSchema(open(byHand), { schema: 'call_status', migrate: false, create: true });
  });

  it('is brought up to date by hand from the version that it has', async () => {
    const database = await freshDatabase(url);
    await queryAt(database, schemaSql());
    const sql = 'CREATE TABLE "call_status".added (id integer);';
    const versions = [...migrations(quoted('call_status')), { sql, changes: ['calls'], oldestWriter: 1 }];
    const statements = statementsOf('call_status', versions.length - 1, versions);
    expect(statements).toContain('LOCK TABLE "call_status".calls;');
    await queryAt(database, statements);
    await prepareSchema(open(database), { schema: 'call_status', migrate: false, create: true, versions });
    expect(await queryAt(database, 'SELECT * FROM call_status.added')).toEqual([]);
    expect(schemaSql('call_status', { from: versions.length - 1 })).toBe('BEGIN;\nCOMMIT;\n');
  });
});

it('prints no statements for a name that an inbox refuses', () => {
  expect(() => schemaSql('Calls')).toThrow('schema: expected lower-case letters');
});

describe.skipIf(server === undefined)('a newer release', () => {
  const url = server as string;

  /** The versions of a release to come. */
  const after = (schema: string, oldestWriter: number): readonly Migration[] => [
    ...migrations(quoted(schema)),
    { sql: `ALTER TABLE ${quoted(schema)}.calls ADD COLUMN weight integer`, changes: ['calls'], oldestWriter },
  ];

  /** A schema that a newer release has migrated from the version of this one. */
  async function migrated(oldestWriter: number): Promise<string> {
    const schema = freshSchema(url);
    await prepareSchema(open(url), { schema, ...SERVICE });
    await Promise.all(
      Array.from({ length: 5 }, () =>
        prepareSchema(open(url), { schema, ...SERVICE, versions: after(schema, oldestWriter) }),
      ),
    );
    expect(await queryAt(url, `SELECT version FROM ${schema}.migrations ORDER BY 1`)).toEqual([
      ...VERSIONS,
      { version: LATEST + 1 },
    ]);
    return schema;
  }

  it('lets this release write while it only adds', async () => {
    const schema = await migrated(1);
    await prepareSchema(open(url), { schema, ...SERVICE });
    await expect(connect(open(url), schema)).resolves.toBeUndefined();
  });

  it('stops this release when it has removed what it writes', async () => {
    const schema = await migrated(LATEST + 1);
    const refused = {
      code: 'inbox_unsupported',
      details: {
        hint: expect.stringContaining('Update'),
        reason: `The schema ${schema} has version ${LATEST + 1}, and this release knows ${LATEST}.`,
      },
    };
    await expect(prepareSchema(open(url), { schema, ...SERVICE })).rejects.toMatchObject(refused);
    await expect(connect(open(url), schema)).rejects.toMatchObject(refused);
  });

  it.each([
    { migrate: true, create: false },
    { migrate: false, create: true },
  ])('does not use the older schema where it may not migrate: %o', async (who) => {
    const schema = freshSchema(url);
    await prepareSchema(open(url), { schema, ...SERVICE });
    await expect(prepareSchema(open(url), { schema, ...who, versions: after(schema, 1) })).rejects.toMatchObject({
      code: 'inbox_unsupported',
      details: { reason: `The schema ${schema} has version ${LATEST}, and this release needs ${LATEST + 1}.` },
    });
  });
});

describe.skipIf(server === undefined)('a role with the least rights', () => {
  const url = server as string;

  async function role(database: string): Promise<string> {
    const name = `r_${randomUUID().replaceAll('-', '')}`;
    await queryAt(url, `CREATE ROLE ${name} LOGIN PASSWORD 'secret'`);
    onTestFinished(async () => {
      await queryAt(database, `DROP OWNED BY ${name}`);
      await queryAt(url, `DROP ROLE ${name}`);
    });
    return name;
  }

  it('uses a schema that its owner has created', async () => {
    const database = await freshDatabase(url);
    const name = await role(database);
    await prepareSchema(open(database), { schema: 'call_status', ...SERVICE });
    const as = new URL(database);
    as.username = name;
    as.password = 'secret';
    const prepare = (): Promise<void> =>
      prepareSchema(open(as.href), { schema: 'call_status', migrate: false, create: true });
    await expect(prepare()).rejects.toMatchObject({ code: '42501' });
    await queryAt(database, `GRANT USAGE ON SCHEMA call_status TO ${name}`);
    await queryAt(database, `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA call_status TO ${name}`);
    await prepare();
    await connect(open(as.href), 'call_status');
  });
});
