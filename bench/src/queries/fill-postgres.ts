import { postgresInbox } from '@call-status/inbox-postgres';
import pg from 'pg';
import { callAt, type FilledCall, RAW } from './calls.ts';

const CALLS_PER_STATEMENT = 20_000;

const COLUMNS: readonly (readonly [name: string, type: string, of: (call: FilledCall) => unknown])[] = [
  ['provider', 'text', ({ provider }) => provider],
  ['call_id', 'text', ({ callId }) => callId],
  ['status', 'text', ({ status }) => status],
  ['terminal', 'boolean', ({ isLive }) => !isLive],
  ['first_event_at', 'bigint', ({ firstEventAt }) => firstEventAt],
  ['last_event_at', 'bigint', ({ lastEventAt }) => lastEventAt],
  ['retained_from', 'bigint', ({ isLive, lastEventAt }) => (isLive ? null : lastEventAt)],
  ['from_number', 'text', ({ from }) => from],
  ['to_number', 'text', ({ to }) => to],
  ['from_digits', 'text', ({ from }) => from.slice(1)],
  ['to_digits', 'text', ({ to }) => to.slice(1)],
  ['answered', 'boolean', ({ isAnswered }) => isAnswered],
  ['answered_at', 'bigint', ({ isAnswered, firstEventAt }) => (isAnswered === true ? firstEventAt + 5000 : null)],
  ['ringing_at', 'bigint', ({ firstEventAt }) => firstEventAt + 1000],
  ['ended_at', 'bigint', ({ isLive, lastEventAt }) => (isLive ? null : lastEventAt)],
  [
    'duration_seconds',
    'float8',
    ({ isLive, firstEventAt, lastEventAt }) => (isLive ? null : (lastEventAt - firstEventAt) / 1000),
  ],
  ['sip_code', 'int', ({ status }) => (status === 'busy' ? 486 : 200)],
  ['mos', 'float8', ({ status, lastEventAt }) => (status === 'completed' ? 3.5 + (lastEventAt % 15) / 10 : null)],
  ['error_code', 'text', ({ status, lastEventAt }) => (status === 'failed' ? `3100${lastEventAt % 7}` : null)],
  ['has_conflict', 'boolean', ({ hasConflict }) => hasConflict],
  ['last_event_id', 'text', ({ callId }) => `${callId}:4`],
  ['last_event_status', 'text', ({ status }) => status],
  ['last_event_received_at', 'bigint', ({ lastEventAt }) => lastEventAt],
];

const names = COLUMNS.map(([name]) => name).join();

const INSERT = `
  INSERT INTO calls (tenant, event_count, direction, trust, last_event_transition, ${names})
  SELECT '', 4, 'outbound', 'signed', 'advance', i.* FROM unnest(${COLUMNS.map(([, type], at) => `$${at + 1}::${type}[]`).join()}) AS i(${names})`;

/** Records events of calls. Calls without an order are read as they lie: sorting them would take longer than all else. */
const events = (calls: string, numbers: string, at: string, order = ''): string => `
  INSERT INTO recorded (call, event_id, transition, received_at, event)
  SELECT id, call_id || ':' || k, 'advance', at, json_build_object('provider', provider, 'id', call_id || ':' || k, 'callId', call_id,
    'status', status, 'rawStatus', status, 'terminal', terminal, 'from', from_number, 'to', to_number, 'direction', direction,
    'receivedAt', to_char(to_timestamp(at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'source', 'callback',
    'trust', 'signed', 'raw', '${RAW}')::text
  FROM (SELECT *, ${at} AS at FROM (SELECT *, unnest(ARRAY[${numbers}]) AS k FROM calls WHERE ${calls}) y) x ${order}`;

/** Those of the large tables, without the primary keys. */
const INDEXES = `
  SELECT indexname AS name, indexdef AS definition FROM pg_indexes
  WHERE schemaname = $1 AND tablename IN ('calls', 'recorded') AND indexname NOT LIKE '%_pkey'`;

/** Fills a new schema with calls of four events each. Nothing of it survives a crash, and its indexes are made at the end. */
export async function fillPostgres(url: string, schema: string, calls: number, now: number): Promise<void> {
  const inbox = postgresInbox({ url, schema });
  await inbox.ready({ create: true });
  await inbox.close();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`SET search_path = "${schema}"; SET work_mem = '256MB'; SET maintenance_work_mem = '1GB'`);
  await client.query('ALTER TABLE calls SET UNLOGGED; ALTER TABLE recorded SET UNLOGGED');
  const { rows: indexes } = await client.query(INDEXES, [schema]);
  for (const { name } of indexes) await client.query(`DROP INDEX "${name}"`);
  for (let first = 1; first <= calls; first += CALLS_PER_STATEMENT) {
    const length = Math.min(CALLS_PER_STATEMENT, calls - first + 1);
    const some = Array.from({ length }, (_, at) => callAt(first + at, calls, now));
    await client.query(
      INSERT,
      COLUMNS.map(([, , of]) => some.map(of)),
    );
  }
  await client.query(
    events('terminal', '1, 2, 3, 4', 'CASE WHEN k < 4 THEN first_event_at + k ELSE last_event_at END'),
  );
  await client.query(events('NOT terminal', '1, 2, 3', 'first_event_at + k'));
  await client.query(events('NOT terminal', '4', 'last_event_at', 'ORDER BY last_event_at'));
  for (const { definition } of indexes) await client.query(definition);
  await client.query(`
    INSERT INTO jobs (call, id, event_id, provider, run_at, failures, error, error_group, dead_at)
    SELECT c.id, r.id, r.event_id, c.provider, c.last_event_at, 8, 'No user ' || c.id, 'No user *', c.last_event_at
    FROM calls c JOIN recorded r ON r.call = c.id AND r.event_id = c.call_id || ':4' WHERE c.terminal AND c.id % 10000 = 3`);
  await client.query('VACUUM ANALYZE');
  await client.end();
}
