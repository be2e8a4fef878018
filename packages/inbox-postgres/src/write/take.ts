import { eventOf, fenceOf, type Job, type StoredEvent, type Taken, type TakeRequest } from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import { nowSql } from '../store.ts';
import type { Operation } from './operation.ts';

/** Jobs that no worker has, and those whose lease ends or ended without a result. Each has its own index. */
const LANES = {
  due: 'due_at IS NOT NULL AND token IS NULL AND NOT suspect',
  taken: 'due_at IS NOT NULL AND (token IS NOT NULL OR suspect)',
} as const;

/** How many jobs one take returns at most. A constant, so that the planner knows that they are few. */
const MOST_JOBS = 256;

/** The providers in a lane, one look at the index for each. */
function providersSql(s: string, name: string, lane: string): string {
  return `
    ${name} AS (
      (SELECT provider FROM ${s}.jobs WHERE ${lane} ORDER BY provider LIMIT 1)
      UNION ALL
      SELECT (SELECT j.provider FROM ${s}.jobs j WHERE ${lane} AND j.provider > p.provider ORDER BY j.provider LIMIT 1)
      FROM ${name} p WHERE p.provider IS NOT NULL)`;
}

/** Takes the jobs of a lane that have been due for longest. What another process is taking is passed over. */
export function takeSql(s: string, lane: keyof typeof LANES): string {
  return `
    WITH RECURSIVE n AS MATERIALIZED (SELECT ${nowSql(1)} AS now), ${providersSql(s, 'providers', LANES[lane])},
    found AS MATERIALIZED (
      SELECT d.* FROM providers p
      LEFT JOIN unnest($3::text[], $4::int[]) AS l(provider, room) ON l.provider = p.provider
      CROSS JOIN LATERAL (
        SELECT j.call, j.id, j.due_at FROM ${s}.jobs j
        WHERE ${LANES[lane]} AND j.provider = p.provider AND j.due_at <= (SELECT now FROM n)
        ORDER BY j.due_at, j.id LIMIT least($2::int, coalesce(l.room, $2::int)) FOR UPDATE SKIP LOCKED) d
      ORDER BY d.due_at, d.id LIMIT $2::int),
    due AS (SELECT * FROM found LIMIT ${MOST_JOBS}),
    taken AS (
      UPDATE ${s}.jobs w
      SET owner = $5, token = w.call || '.' || w.id || '.' || gen_random_uuid(), takes = w.takes + 1, due_at = n.now + $6::bigint,
        suspect = w.suspect OR w.token IS NOT NULL, interruptions = w.interruptions + (w.begun_ms IS NOT NULL)::int, begun_ms = NULL
      FROM due, n WHERE w.call = due.call AND w.id = due.id
      RETURNING w.id, w.event_id, w.token, w.takes, w.failures, w.interruptions, w.suspect, w.done_handlers, due.due_at AS was)
    SELECT t.*, r.event, r.transition, r.trace FROM taken t JOIN ${s}.recorded r ON r.id = t.id ORDER BY t.was, t.id`;
}

/** What is left after a take. */
export function lookSql(s: string): string {
  const first = (lane: string, and = '') =>
    `(SELECT j.due_at FROM ${s}.jobs j WHERE ${lane} AND j.provider = p.provider ${and} ORDER BY j.due_at LIMIT 1)`;
  const times = (name: string, lane: string) => `
    SELECT ${first(lane)} AS first, ${first(lane, 'AND j.due_at > (SELECT now FROM n)')} AS next FROM ${name} p WHERE p.provider IS NOT NULL`;
  return `
    WITH RECURSIVE n AS MATERIALIZED (SELECT ${nowSql(1)} AS now),
    ${providersSql(s, 'providers', LANES.due)}, ${providersSql(s, 'others', LANES.taken)},
    due AS (${times('providers', LANES.due)}), taken AS (${times('others', LANES.taken)})
    SELECT
      coalesce((SELECT min(first) <= n.now FROM due), false) AS more, coalesce((SELECT min(first) <= n.now FROM taken), false) AS suspects,
      least((SELECT min(next) FROM due), (SELECT min(next) FROM taken)) - n.now AS next_in_ms
    FROM n`;
}

/** Takes due jobs. */
export function takeOperation(s: string): Operation<TakeRequest, Taken> {
  const sql = { due: takeSql(s, 'due'), taken: takeSql(s, 'taken'), look: lookSql(s) };
  return {
    runsAlone: 'statement',
    run(transaction, [request]) {
      const { limit, leaseMs, owner, limits = {}, suspect = false } = request as TakeRequest;
      const rows = transaction.send(suspect ? sql.taken : sql.due, [
        transaction.now,
        Math.min(limit, suspect ? 1 : MOST_JOBS),
        Object.keys(limits),
        Object.values(limits).map((room) => Math.max(0, room)),
        owner,
        Math.ceil(leaseMs),
      ]);
      const look = transaction.send(sql.look, [transaction.now]);
      return { results: Promise.all([rows, look]).then(([jobs, [left]]) => [takenOf(jobs, left as Row)]) };
    },
  };
}

function takenOf(jobs: readonly Row[], { more, suspects, next_in_ms: nextInMs }: Row): Taken {
  return {
    jobs: jobs.map(jobOf),
    ...(nextInMs !== null && { nextInMs }),
    suspects,
    more,
  };
}

function jobOf(row: Row): Job {
  return {
    lease: { eventId: row['event_id'], token: row['token'] },
    event: eventOf(row as StoredEvent),
    ...(row['trace'] !== null && { trace: row['trace'] }),
    attempt: row['failures'] + 1,
    interruptions: row['interruptions'],
    suspect: row['suspect'],
    fence: fenceOf(row['id'], row['takes']),
    doneHandlers: JSON.parse(row['done_handlers']),
  };
}
