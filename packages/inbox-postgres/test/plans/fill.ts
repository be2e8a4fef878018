/** Fills a new schema with two events and a watch of each call, and jobs for some of them: due, blocked, running, retrying and dead ones. */
export function fillSql(schema: string, calls: number, jobs: number): string {
  return `
    SET LOCAL search_path = ${schema};
    SET LOCAL synchronous_commit = off;
    SET LOCAL enable_nestloop = off; -- without statistics, the tables look short
    INSERT INTO calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count, retained_from, direction,
      from_number, to_number, from_digits, to_digits, answered, answered_at, in_progress_at, ringing_at, ended_at, duration_seconds, sip_code,
      mos, error_code, trust, has_late, has_conflict, last_event_id, last_event_status, last_event_transition, last_event_received_at)
    SELECT (ARRAY['acme', 'zenith', 'omega', 'rare'])[CASE WHEN g % 1000 = 0 THEN 4 ELSE 1 + g % 3 END], '', md5(g::text),
      CASE WHEN is_live THEN 'ringing' WHEN g % 100 = 5 THEN 'failed' WHEN g % 10 = 1 THEN 'busy' ELSE 'completed' END, NOT is_live,
      at, at + 60000, 2, CASE WHEN NOT is_live THEN at + 60000 END, (ARRAY['inbound', 'outbound-api'])[1 + g % 2], from_number, to_number,
      substr(from_number, 2), substr(to_number, 2), CASE WHEN NOT is_live THEN g % 10 <> 1 END,
      CASE WHEN NOT is_live AND g % 10 <> 1 THEN at + 5000 END, at + 5100, at + 1000, CASE WHEN NOT is_live THEN at + 60000 END,
      CASE WHEN NOT is_live THEN g % 300 END, CASE WHEN g % 10 = 1 THEN 486 ELSE 200 END, 3.5 + (g % 15) / 10.0,
      CASE WHEN g % 100 = 5 THEN '3100' || (g % 7) END, 'signed', g % 50 = 0, g % 5000 = 0, md5(g::text) || ':end',
      CASE WHEN is_live THEN 'ringing' ELSE 'completed' END, 'advance', at + 60000
    FROM (
      SELECT g, g % 100 = 99 AS is_live, '+1555' || lpad((g::bigint * 7919 % 10000000)::text, 7, '0') AS from_number,
        '+1555' || lpad((g::bigint * 104729 % 10000000)::text, 7, '0') AS to_number,
        (extract(epoch FROM clock_timestamp()) * 1000)::bigint - (${calls} - g)::bigint * ${Math.floor((30 * 86_400_000) / calls)} AS at
      FROM generate_series(1, ${calls}) g) x;
    INSERT INTO recorded (call, event_id, transition, received_at, event)
    SELECT c.id, c.call_id || ':' || k, 'advance', CASE k WHEN 'begin' THEN c.first_event_at ELSE c.last_event_at END,
      json_build_object('provider', c.provider, 'callId', c.call_id, 'id', c.call_id || ':' || k,
      'status', c.status, 'receivedAt', '2026-01-01T00:00:00.000Z', 'source', 'callback', 'trust', 'signed', 'raw', repeat('x', 400))::text
    FROM calls c, (VALUES ('begin'), ('end')) v(k) ORDER BY c.first_event_at, k;
    INSERT INTO jobs (call, id, event_id, provider, run_at, due_at, token, dead_at, error, error_group)
    SELECT r.call, r.id, r.event_id, c.provider, c.last_event_at,
      CASE WHEN NOT is_dead AND is_first THEN CASE WHEN r.call % 10 = 3 THEN n.now + 60000 ELSE c.last_event_at END END,
      CASE WHEN NOT is_dead AND is_first AND r.call % 1000 = 3 THEN 'token' END,
      CASE WHEN is_dead THEN c.last_event_at END, CASE WHEN is_dead THEN 'Error ' || r.id END,
      CASE WHEN is_dead THEN 'Error ' || (r.id % 13)::text || ' *' END
    FROM (SELECT *, recorded.id % 200 = 7 AS is_dead, event_id LIKE '%:begin' AS is_first FROM recorded) r
    JOIN calls c ON c.id = r.call, (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now) n
    WHERE r.id > (SELECT max(id) FROM recorded) - ${jobs};
    INSERT INTO watches (provider, tenant, call_id, since, due_at, expected, progress, told, stuck, failed)
    SELECT provider, tenant, CASE WHEN id % 10 = 3 THEN 'expected/' || call_id ELSE call_id END, first_event_at, last_event_at,
      CASE WHEN id % 10 = 3 THEN '{}' END, '{"asked":0,"told":["stuck"],"failures":0}', id % 10 > 6, id % 10 > 6, id % 10 = 7
    FROM calls WHERE id <= 20000`;
}
