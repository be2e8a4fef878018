import type { MovedEvent } from '@call-status/core/inbox';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportSql } from '../src/read/export.ts';
import { migrations } from '../src/schema/schema.ts';
import { discardSql, newestSql, replaySql, unscheduleSql } from '../src/write/dead-letters.ts';
import { endCallSql, forgetCallSql } from '../src/write/erase.ts';
import { lockSql } from '../src/write/group.ts';
import { columnsOfEvents, endedBySql, importSql } from '../src/write/import.ts';
import { CALL_COLUMNS, deleteEmptySql, insertSql, knownSql, newCallsSql, updateCallsSql } from '../src/write/record.ts';
import { beginSql, failSql, finishSql, releaseSql, renewSql } from '../src/write/results.ts';
import { scheduleSql } from '../src/write/schedule.ts';
import { lookSql, takeSql } from '../src/write/take.ts';
import { addSql, leadSql, removeSql, updateSql } from '../src/write/watches.ts';
import { explain, prepare } from './explain.ts';
import { sharedServer } from './servers/test-server.ts';

const ROWS = 100_000;
const BATCH = 64;

/** Pages of a batch of events or jobs: each row of the batch descends a few indexes. */
const MOST_BUFFERS = 5000;

const FAILED_ONCE = { failures: 1, interruptions: 0, suspect: false, takes: 1, doneHandlers: [] };

const url = await sharedServer();
const s = 't_plans';
const TABLES = ['calls', 'recorded', 'jobs', 'tombstones', 'watches'].map((table) => `${s}.${table}`);

/** Calls, all with an event, whose job waits, runs or is dead. */
const FILL = `
  INSERT INTO ${s}.calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count, retained_from)
  SELECT CASE g % 3 WHEN 0 THEN 'zenith' ELSE 'acme' END, '', md5(g::text), 'completed', true, g, g, 1, g FROM generate_series(1, ${ROWS}) g;
  INSERT INTO ${s}.recorded (call, event_id, transition, event) SELECT id, call_id, 'advance', repeat('x', 300) FROM ${s}.calls;
  INSERT INTO ${s}.jobs (call, id, event_id, provider, run_at, due_at, token, dead_at, error_group)
  SELECT r.call, r.id, r.event_id, c.provider, 1, CASE WHEN r.id % 5 > 0 THEN r.id END, CASE r.id % 5 WHEN 1 THEN 'token' END,
    CASE r.id % 5 WHEN 0 THEN r.id END, 'boom'
  FROM ${s}.recorded r JOIN ${s}.calls c ON c.id = r.call;
  INSERT INTO ${s}.tombstones SELECT sha256(convert_to(g::text, 'UTF8')), g FROM generate_series(1, ${ROWS}) g;
  INSERT INTO ${s}.watches (provider, tenant, call_id, since, due_at, progress, told, stuck, failed)
  SELECT provider, tenant, call_id, id, id, '{}', false, false, false FROM ${s}.calls`;

describe.skipIf(url === undefined)('statements that write use indexes', () => {
  let client: pg.Client;

  beforeAll(async () => {
    client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`DROP SCHEMA IF EXISTS ${s} CASCADE; CREATE SCHEMA ${s}`);
    for (const { sql } of migrations(s)) await client.query(sql);
    // Without statistics, as after a sudden load.
    for (const table of TABLES) await client.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
    // The plans that a server keeps are made while the tables are empty.
    for (const [name, text, values] of await subjectsOf(client)) await prepare(client, name, text, values);
    await client.query(FILL);
  }, 300_000);

  afterAll(async () => {
    await client.query(`DROP SCHEMA ${s} CASCADE`);
    await client.end();
  });

  it.each(['force_generic_plan', 'force_custom_plan'] as const)('without statistics: %s', async (cache) => {
    expect(await slowOnes(client, cache)).toEqual([]);
  });

  it.each(['force_generic_plan', 'force_custom_plan'] as const)('with statistics: %s', async (cache) => {
    // Only these: other tests use the server, too.
    await client.query(`ANALYZE ${TABLES.join(', ')}`);
    expect(await slowOnes(client, cache)).toEqual([]);
  });
});

/** The plans of statements that read whole tables, or too many pages. */
async function slowOnes(client: pg.Client, cache: Parameters<typeof explain>[3]): Promise<string[]> {
  const found: string[] = [];
  for (const [name, , values] of await subjectsOf(client)) {
    const { scanned, buffers, plan } = await explain(client, name, values, cache);
    // The table of settings has one row.
    const isSlow = scanned.some((table) => table !== 'inbox') || buffers > MOST_BUFFERS;
    if (isSlow) found.push(`${name}: ${buffers} buffers\n${plan}`);
  }
  return found;
}

async function subjectsOf(client: pg.Client): Promise<[string, string, readonly unknown[]][]> {
  const { rows: calls } = await client.query(`SELECT * FROM ${s}.calls ORDER BY call_id LIMIT ${BATCH}`);
  const { rows: jobs } = await client.query(
    `SELECT * FROM ${s}.jobs WHERE token IS NOT NULL ORDER BY event_id LIMIT ${BATCH}`,
  );
  const all = <T>(value: T): T[] => Array.from({ length: calls.length }, () => value);
  const of = (rows: readonly pg.QueryResultRow[], name: string) => rows.map((row) => row[name]);
  const [ids, callIds, providers] = [of(calls, 'id'), of(calls, 'call_id'), of(calls, 'provider')];
  const eventIds = callIds.map((id) => `${id}:new`);
  const keys = [providers, all(''), callIds];
  const leases = [of(jobs, 'call'), of(jobs, 'id'), all('token')];
  const dead = of(
    (await client.query(`SELECT event_id FROM ${s}.jobs WHERE dead_at IS NOT NULL LIMIT ${BATCH}`)).rows,
    'event_id',
  );
  const moved = eventIds.map((id) => ({
    event: { id, transition: 'late', receivedAt: '2026-01-01' },
    job: FAILED_ONCE,
  }));
  const imported = columnsOfEvents(moved as unknown as MovedEvent[], all('{}'));
  const call = [callIds[0] ?? '', providers[0] ?? '', ''];
  return [
    ['newCalls', newCallsSql(s), [...keys, all(1), ...CALL_COLUMNS.map((name) => of(calls, name))]],
    ['lock', lockSql(s), [...keys, [], []]],
    ['lock of leases', lockSql(s), [[], [], [], leases[0], []]],
    ['lock of dead letters', lockSql(s), [[], [], [], [], dead]],
    ['known', knownSql(s), [...keys, eventIds]],
    ['deleteEmpty', deleteEmptySql(s), [ids]],
    ['updateCalls', updateCallsSql(s), [ids, ...CALL_COLUMNS.map((name) => of(calls, name))]],
    [
      'insert',
      insertSql(s),
      [ids, eventIds, providers, all('late'), all('{}').join('\x1e'), all(false), null, all(null), all(1)],
    ],
    ['take', takeSql(s, 'due'), [null, BATCH, ['acme'], [10], 'owner', 15_000]],
    ['take of suspects', takeSql(s, 'taken'), [null, 1, [], [], 'owner', 15_000]],
    ['look', lookSql(s), [null]],
    ['renew', renewSql(s), [...leases, null, all(1)]],
    ['begin', beginSql(s), [...leases, null, all(1)]],
    ['finish', finishSql(s), [...leases, null]],
    ['fail', failSql(s), [...leases, all(1), all('boom'), all(null), all(null), all('[]'), null]],
    ['release', releaseSql(s), [...leases, all(0), null]],
    ['schedule', scheduleSql(s), [leases[0], null]],
    ['newest dead letter', newestSql(s), []],
    ['replay', replaySql(s), [dead, null]],
    ['unschedule', unscheduleSql(s), [ids]],
    ['discard', discardSql(s), [dead]],
    ['endCall', endCallSql(s), [...call, ids.slice(0, 1), 'failed', null]],
    ['forgetCall', forgetCallSql(s), [...call, ids.slice(0, 1), null]],
    [
      'addWatches',
      addSql(s),
      [null, ...keys, all(null), all(1), all(null), all('{}'), all(true), all(true), all(true)],
    ],
    ['updateWatch', updateSql(s), [1, 0, ...call, 1, '{}', true, true, true, null]],
    ['removeWatch', removeSql(s), [1, 0, ...call]],
    ['lead', leadSql(s), ['owner', 1, null]],
    ['exportCall', exportSql(s), [...call, null]],
    ['importCall', importSql(s), [ids[0] ?? 0, ...imported, 'acme', null]],
    ['the end of an imported call', endedBySql(s), [ids[0] ?? 0]],
  ];
}
