// A rolling deploy: processes of this release migrate the tables, while those of the one before still write.
import { expect, it, onTestFinished } from 'vitest';
import { pgDriver } from '../src/connection/pg-driver.ts';
import { resolveOptions } from '../src/options.ts';
import { prepareSchema, quoted } from '../src/schema/migrate.ts';
import { migrations } from '../src/schema/schema.ts';
import { openInbox } from './faults/set-up.ts';
import { queryAt } from './servers/postgres.ts';
import { freshSchema, sharedServer } from './servers/test-server.ts';

const url = (await sharedServer()) ?? '';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const AT = Date.parse('2026-01-01T00:00:00.000Z');

/** A new schema as a release made it: with so many versions of the tables. */
async function schemaOf(release: number): Promise<string> {
  const schema = freshSchema(url);
  const driver = pgDriver(resolveOptions({ url }));
  onTestFinished(() => driver.end());
  const versions = migrations(quoted(schema)).slice(0, release);
  await prepareSchema(driver, { schema, migrate: true, create: true, versions });
  return schema;
}

/** Records a call as release 1 does: it names the columns that it knows. */
function recordAsBefore(schema: string, callId: string): Promise<unknown> {
  const event = {
    provider: 'acme',
    id: `acme:${callId}:ringing`,
    callId,
    status: 'ringing',
    rawStatus: 'ringing',
    terminal: false,
    receivedAt: new Date(AT).toISOString(),
    source: 'callback',
    trust: 'none',
    raw: {},
  };
  return queryAt(
    url,
    `WITH c AS (
      INSERT INTO ${schema}.calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count, trust,
        last_event_id, last_event_status, last_event_transition, last_event_received_at)
      VALUES ('acme', '', '${callId}', 'ringing', false, ${AT}, ${AT}, 1, 'none', '${event.id}', 'ringing', 'advance', ${AT}) RETURNING id),
    r AS (
      INSERT INTO ${schema}.recorded (call, event_id, transition, event)
      SELECT id, '${event.id}', 'advance', '${JSON.stringify(event)}' FROM c RETURNING id, call)
    INSERT INTO ${schema}.jobs (call, id, event_id, provider, run_at, due_at)
    SELECT call, id, '${event.id}', 'acme', ${AT}, ${AT} FROM r`,
  );
}

it.skipIf(url === '')(
  'events that the release before records, before and after the migration, are handled',
  async () => {
    const schema = await schemaOf(1);
    await recordAsBefore(schema, 'before');
    const inbox = await openInbox({ url, schema });
    await recordAsBefore(schema, 'after');
    await inbox.record({ ...(await eventOf(inbox, 'after')), id: 'acme:after:busy', status: 'busy' }, { trace: TRACE });
    const { jobs } = await inbox.take({ limit: 9, leaseMs: 1000, owner: 'test' });
    expect(jobs.map(({ event, trace }) => [event.callId, trace])).toEqual([
      ['before', undefined],
      ['after', undefined],
    ]);
    for (const { lease } of jobs) await inbox.finish(lease);
    expect((await inbox.take({ limit: 9, leaseMs: 1000, owner: 'test' })).jobs[0]?.trace).toBe(TRACE);
    const { rows } = await inbox.listCalls({ changedSince: new Date(AT) });
    expect(rows.map(({ callId }) => callId).sort()).toEqual(['after', 'before']);
  },
);

/** Keeps rejected callbacks as release 2 does. */
function refuseAsBefore(schema: string, count: number, lastAt: number): Promise<unknown> {
  const refusal = JSON.stringify({ code: 'closed', hint: '"count":9\0', headerNames: ['count'], count });
  return queryAt(
    url,
    `INSERT INTO ${schema}.refusals (code, last_at, bytes, refusal) VALUES ('closed', ${lastAt}, 50, '${refusal}')`,
  );
}

it.skipIf(url === '')(
  'rejected callbacks and dead letters of the release before are counted and shown after the migration',
  async () => {
    const schema = await schemaOf(2);
    await recordAsBefore(schema, 'before');
    await queryAt(url, `UPDATE ${schema}.jobs SET due_at = NULL, dead_at = 5, error = 'boom', error_group = 'boom'`);
    await refuseAsBefore(schema, 3, Date.now());
    await refuseAsBefore(schema, 5, Date.now() - 2 * 86_400_000);
    const inbox = await openInbox({ url, schema });
    const { rows } = await inbox.deadLetters.list();
    expect(rows).toMatchObject([{ error: 'boom' }]);
    expect(rows[0]).not.toHaveProperty('handler');
    await refuseAsBefore(schema, 4, Date.now());
    expect((await inbox.health()).refused).toEqual({ kept: 3, lastDay: 4, uncounted: 0 });
  },
);

async function eventOf(inbox: Awaited<ReturnType<typeof openInbox>>, callId: string) {
  const call = await inbox.getCall('acme', callId);
  return call?.events[0] as NonNullable<typeof call>['events'][0];
}
