// An inbox that is opened for reading only, and the check of its tables.
import { describe, expect, it, onTestFinished } from 'vitest';
import { pgDriver } from '../../src/connection/pg-driver.ts';
import { checkSchema } from '../../src/index.ts';
import { type PostgresInboxOptions, resolveOptions } from '../../src/options.ts';
import { PostgresInbox } from '../../src/postgres-inbox.ts';
import { queryAt } from '../servers/postgres.ts';
import { freshSchema, sharedServer } from '../servers/test-server.ts';

const url = (await sharedServer()) ?? '';

function open(options: Partial<PostgresInboxOptions>): PostgresInbox {
  const resolved = resolveOptions({ url, ...options } as PostgresInboxOptions);
  const inbox = new PostgresInbox(resolved, pgDriver(resolved));
  onTestFinished(() => inbox.close());
  return inbox;
}

const EVENT = {
  provider: 'acme',
  id: 'acme:1:ringing',
  callId: '1',
  status: 'ringing',
  rawStatus: 'ringing',
  terminal: false,
  receivedAt: new Date().toISOString(),
  source: 'callback',
  trust: 'none',
  raw: {},
} as const;

async function setUp() {
  const schema = freshSchema(url);
  const service = open({ schema });
  await service.ready({ create: true });
  await service.record(EVENT);
  const reader = open({ schema, readOnly: true, retentionMs: 1 });
  return { schema, service, reader };
}

describe.skipIf(url === '')('an inbox that only reads', () => {
  it('reads what a service writes', async () => {
    const { service, reader } = await setUp();
    await reader.ready({ create: true });
    expect((await reader.listCalls()).rows).toMatchObject([{ callId: '1', status: 'ringing' }]);
    await service.record({ ...EVENT, id: 'acme:1:busy', status: 'busy', terminal: true });
    expect(await reader.getCall('acme', '1')).toMatchObject({ status: 'busy' });
    expect((await reader.events()).rows).toHaveLength(2);
    expect(await reader.health()).toMatchObject({ live: 0, due: 1, blocked: 1 });
    expect(await reader.counts()).toMatchObject({ ended: 1 });
  });

  it('writes nothing, in whatever way it is asked to', async () => {
    const { schema, reader } = await setUp();
    const writes = [
      () => reader.record(EVENT),
      () => reader.take({ limit: 1, leaseMs: 1000, owner: 'test' }),
      () => reader.deadLetters.replayAll(),
      () => reader.forgetCall('acme', '1'),
      () => reader.watches.add([{ provider: 'acme', callId: '2', dueInMs: 0 }]),
      () =>
        reader.reportWorker({ owner: 'a', version: '1', handlers: [], running: 0, concurrency: 1, oldestRunningMs: 0 }),
    ];
    for (const write of writes) {
      await expect(write()).rejects.toMatchObject({
        code: 'inbox_unwritable',
        message: expect.stringContaining('The inbox was opened with readOnly.'),
      });
    }
    await expect(reader.transaction().query('SELECT 1')).rejects.toMatchObject({ code: 'inbox_unwritable' });
    const [stored] = await queryAt(url, `SELECT retention_ms, retention_given FROM "${schema}".inbox`);
    expect(stored).toEqual({ retention_ms: '2592000000', retention_given: false });
  });

  it('creates no tables', async () => {
    const schema = freshSchema(url);
    await expect(open({ schema, readOnly: true }).ready({ create: true })).rejects.toMatchObject({
      code: 'inbox_missing',
    });
    expect(await queryAt(url, `SELECT 1 FROM pg_namespace WHERE nspname = '${schema}'`)).toEqual([]);
  });
});

describe.skipIf(url === '')('the check of the tables', () => {
  it('finds nothing in a new schema', async () => {
    const { schema } = await setUp();
    expect(await checkSchema({ url, schema })).toMatchObject({ problems: [] });
  });

  it('finds missing tables and invalid indexes', async () => {
    const { schema } = await setUp();
    await queryAt(
      url,
      `DROP TABLE "${schema}".leaders; UPDATE pg_index SET indisvalid = false WHERE indexrelid = '"${schema}".jobs_due'::regclass`,
    );
    const { problems } = await checkSchema({ url, schema });
    expect(problems).toEqual([
      `The table ${schema}.leaders is missing: restore it from a backup.`,
      `The index ${schema}.jobs_due is not valid: run REINDEX INDEX "${schema}"."jobs_due".`,
    ]);
  });

  it('needs tables, and a database', async () => {
    await expect(checkSchema({ url, schema: freshSchema(url) })).rejects.toMatchObject({ code: 'inbox_missing' });
    await expect(checkSchema({ url: 'postgres://127.0.0.1:1/none' })).rejects.toMatchObject({
      code: 'inbox_unavailable',
    });
  });
});
