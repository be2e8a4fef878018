import pg from 'pg';
import { type Child, startChild } from '../child.ts';
import { MACHINE, type Section } from '../report.ts';
import { type DatabaseServer, startPostgres } from './database.ts';
import { EVENTS_PER_CALL } from './events.ts';
import { type Measured, projections } from './projections.ts';
import type { Open, RecordEvents, Task, Work } from './recorder.ts';

const SCHEMA = 'simulation';
const CALLERS = 64;
const WARM_UP_CALLS = 500;

/** What one server needs for each event, measured here, and what follows for a large call center, on paper. */
export async function simulate(calls: number): Promise<readonly Section[]> {
  const server = await startPostgres();
  if (server === undefined) {
    process.stderr.write('PostgreSQL is not installed, so nothing is simulated.\n');
    return [];
  }
  const client = new pg.Client({ connectionString: server.url });
  const recorder = startChild('durable/recorder.js', 'any');
  try {
    await client.connect();
    return await measure(server, client, recorder, calls);
  } finally {
    await recorder.stop();
    await client.end();
    await server.stop();
  }
}

/** What one kind of work costs. */
interface Cost extends Work {
  readonly serverCpu: number;
  readonly wal: number;
}

async function measure(server: DatabaseServer, client: pg.Client, recorder: Child, calls: number): Promise<Section[]> {
  const value = async (sql: string): Promise<number> => Number((await client.query(sql)).rows[0].value);
  const cost = async (what: string, work: () => Promise<Work>): Promise<Cost> => {
    process.stderr.write(`${what}\n`);
    // Full pages in the log belong to whatever comes first after a checkpoint.
    await client.query('CHECKPOINT');
    const wal = `SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS value`;
    const [walBefore, cpuBefore] = [await value(wal), server.cpu()];
    const done = await work();
    return { ...done, serverCpu: server.cpu() - cpuBefore, wal: (await value(wal)) - walBefore };
  };
  const record = (count: number): Promise<Work> =>
    recorder.ask<Work>({ callers: CALLERS, calls: count } satisfies RecordEvents);
  const task = (name: Task): Promise<Work> => recorder.ask<Work>(name);

  await recorder.ask({ open: 'PostgreSQL', url: server.url, schema: SCHEMA, first: 0 } satisfies Open);
  await record(WARM_UP_CALLS);
  const recording = await cost('recording', () => record(calls));
  const handling = await cost('handling', () => task('drain'));
  const size = (table: string, of: string): Promise<number> => value(`SELECT ${of}('${SCHEMA}.${table}') AS value`);
  const [allCalls, events] = [calls + WARM_UP_CALLS, (calls + WARM_UP_CALLS) * EVENTS_PER_CALL];
  const sizes = {
    callRow: (await size('calls', 'pg_table_size')) / allCalls,
    callIndexes: (await size('calls', 'pg_indexes_size')) / allCalls,
    eventRow: (await size('recorded', 'pg_table_size')) / events,
    eventIndexes: (await size('recorded', 'pg_indexes_size')) / events,
  };
  const following = await cost('reading the feed', () => task('follow'));
  const sweeping = await cost('removing', () => task('sweep'));
  const dead = await value(
    `SELECT sum(n_tup_upd + n_tup_del) AS value FROM pg_stat_user_tables WHERE schemaname = '${SCHEMA}'`,
  );
  const vacuum = await cost('vacuum', async () => {
    const begun = performance.now();
    for (const table of ['calls', 'recorded', 'jobs']) await client.query(`VACUUM ${SCHEMA}.${table}`);
    return { events, seconds: (performance.now() - begun) / 1000, cpu: 0, p50: Number.NaN, p99: Number.NaN };
  });
  const measured: Measured = {
    ...sizes,
    work: { recording, handling, following, sweeping, vacuum },
    deadRows: dead / events,
  };
  return [measuredSection(measured, calls), ...projections(measured)];
}

const NAMES: Readonly<Record<keyof Measured['work'], string>> = {
  recording: 'recording, one process',
  handling: 'handling, one worker',
  following: 'reading the feed, one reader',
  sweeping: 'removing after the retention',
  vacuum: 'vacuum',
};

function measuredSection({ work, ...sizes }: Measured, calls: number): Section {
  const costs = Object.entries(work).map(([name, { events, seconds, cpu, serverCpu, wal }]) => [
    NAMES[name as keyof typeof NAMES],
    Math.round(events / seconds),
    (cpu / events).toFixed(0),
    (serverCpu / events).toFixed(0),
    (wal / events).toFixed(0),
  ]);
  const bytes = [
    ['a call: row, indexes', sizes.callRow, sizes.callIndexes],
    ['an event: row, indexes', sizes.eventRow, sizes.eventIndexes],
  ] as const;
  return {
    title: `Per event, of ${calls} calls with ${EVENTS_PER_CALL} events each, ${MACHINE}`,
    columns: ['work', 'events/s', 'node µs', 'server µs', 'log bytes'],
    rows: [
      ...costs,
      ...bytes.map(([name, row, indexes]) => [name, '', '', '', `${row.toFixed(0)} + ${indexes.toFixed(0)} on disk`]),
      ['row versions that die', '', '', '', sizes.deadRows.toFixed(1)],
    ],
  };
}
