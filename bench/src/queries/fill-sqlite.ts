import { callAt, RAW } from './calls.ts';

/** The parts of the store that this uses: they are not exported. */
interface Database {
  exec(sql: string): void;
  prepare(sql: string): { run(...values: unknown[]): unknown };
  close(): void;
}

function internal<Module>(path: string): Promise<Module> {
  return import(new URL(`../../../packages/inbox-sqlite/dist/${path}.js`, import.meta.url).href);
}

const CALLS_PER_COMMIT = 20_000;

const DETAILS = `json_object('provider', provider, 'id', call_id || ':' || k, 'callId', call_id, 'status', status, 'rawStatus', status,
  'terminal', json(iif(terminal, 'true', 'false')), 'from', from_number, 'to', to_number, 'direction', direction,
  'receivedAt', strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch'), 'source', 'callback', 'trust', 'signed', 'raw', '${RAW}')`;

/** Records events of calls. */
const events = (calls: string, numbers: string, at: string, order = ''): string => `
  INSERT INTO recorded (call, event_id, transition, event, received_at)
  SELECT id, call_id || ':' || k, 'advance', ${DETAILS}, at FROM (
    SELECT calls.*, k, ${at} AS at FROM calls CROSS JOIN (SELECT column1 AS k FROM (VALUES ${numbers})) WHERE ${calls} ${order})`;

/** Fills a new file with calls of four events each, by SQL. */
export async function fillSqlite(path: string, calls: number, now: number): Promise<void> {
  const { loadEngine } = await internal<{ loadEngine: () => unknown }>('database/engine');
  const { openDatabase } = await internal<{
    openDatabase: (engine: unknown, path: string, opening: object) => Database;
  }>('database/open');
  const { hashOfCallId } = await internal<{ hashOfCallId: (id: string) => number }>('database/schema/call-key');
  const { searchTextsOf } = await internal<{ searchTextsOf: (calls: string) => string }>(
    'database/schema/search-texts',
  );
  const db = openDatabase(loadEngine(), path, { create: true, waitMs: 0 });
  db.exec(
    'PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000',
  );
  const insert = db.prepare(`
    INSERT INTO calls (id, provider, tenant, call_id, call_hash, status, terminal, first_event_at, last_event_at, event_count, last_event,
      from_number, to_number, from_digits, from_reversed, to_digits, to_reversed, trust, has_conflict, dead_letters, ended_at, direction,
      answered, answered_at, ringing_at, duration_seconds, sip_code, mos, error_code)
    VALUES (?, ?, '', ?, ?, ?, ?, ?, ?, 4, 0, ?, ?, ?, ?, ?, ?, 'signed', ?, ?, ?, 'outbound', ?, ?, ?, ?, ?, ?, ?)`);
  const reversed = (text: string): string => text.split('').reverse().join('');
  for (let number = 1; number <= calls; ) {
    db.exec('BEGIN');
    for (const end = Math.min(calls, number + CALLS_PER_COMMIT - 1); number <= end; number++) {
      const call = callAt(number, calls, now);
      const [from, to] = [call.from.slice(1), call.to.slice(1)];
      const { firstEventAt, lastEventAt, isLive, status } = call;
      insert.run(
        number,
        call.provider,
        call.callId,
        hashOfCallId(call.callId),
        status,
        Number(!isLive),
        firstEventAt,
        lastEventAt,
        call.from,
        call.to,
        from,
        reversed(from),
        to,
        reversed(to),
        Number(call.hasConflict),
        Number(call.hasDeadLetter),
        isLive ? null : lastEventAt,
        call.isAnswered === null ? null : Number(call.isAnswered),
        call.isAnswered === true ? firstEventAt + 5000 : null,
        firstEventAt + 1000,
        isLive ? null : (lastEventAt - firstEventAt) / 1000,
        status === 'busy' ? 486 : 200,
        status === 'completed' ? 3.5 + (number % 15) / 10 : null,
        status === 'failed' ? `3100${number % 7}` : null,
      );
    }
    db.exec('COMMIT');
  }
  db.exec(events('terminal = 1', '(1), (2), (3), (4)', 'iif(k < 4, first_event_at + k, last_event_at)'));
  db.exec(events('terminal = 0', '(1), (2), (3)', 'first_event_at + k'));
  db.exec(events('terminal = 0', '(4)', 'last_event_at', 'ORDER BY last_event_at'));
  db.exec(`
    UPDATE calls SET last_event = (SELECT max(recorded.id) FROM recorded WHERE recorded.call = calls.id);
    INSERT INTO search_texts ${searchTextsOf('id < (SELECT max(id) FROM calls) >> 10 << 10')};
    INSERT INTO providers (provider, live) SELECT provider, sum(1 - terminal) FROM calls GROUP BY provider;
    INSERT INTO jobs (call, id, event_id, provider, state, failures, error, error_group, dead_at)
    SELECT calls.id, last_event, call_id || ':4', provider, 4, 8, 'No user ' || calls.id, 'No user *', last_event_at
    FROM calls WHERE dead_letters > 0;
    INSERT INTO inbox (id, retention_given, boot, clock_offset, swept_at, swept_mono) VALUES (1, 0, '', 0, 0, 0);
    UPDATE inbox SET (live, ended) = (SELECT sum(1 - terminal), sum(terminal) FROM calls), dead = (SELECT count(*) FROM jobs)`);
  db.close();
}
