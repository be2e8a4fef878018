import { type InboxHealth, isoOf, type ProviderHealth, type StoreHealth } from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import { nowSql, type Store } from '../store.ts';
import { byIndex } from './by-index.ts';
import { watchHealthOf, watchHealthSql } from './watches.ts';
import { workersOf, workersSql } from './workers.ts';

const SILENCE_MS = 600_000;

const DAY_MS = 86_400_000;

/** Of each provider, so many of the calls that began first are examined: calls whose end is never reported are among them. */
const MOST_SILENT = 1000;

const TABLES = ['calls', 'recorded', 'jobs', 'tombstones', 'refusals', 'watches', 'leaders', 'workers', 'inbox'];

/** Each figure has an index, so the cost grows with the jobs and the live calls, and not with the history. */
export async function readHealth(store: Store, own: () => StoreHealth): Promise<InboxHealth> {
  const { schema } = store;
  const [[figures], live, [watches], workers] = await byIndex(store, async (run) => {
    const now = [store.now()];
    return [
      await run(figuresSql(schema), now),
      await run(liveSql(schema), now),
      await run(watchHealthSql(schema)),
      await run(workersSql(schema), now),
    ];
  });
  const row = figures as Row;
  const running: number = row['running'];
  const retrying: number = row['paused'] + row['interrupted'];
  const due: number = row['waiting'] - row['paused'] + (row['taken'] - running - row['interrupted']);
  const oldest = earliest(row['oldest_waiting'], row['oldest_taken']);
  const nextRetry = earliest(row['next_paused'], row['next_interrupted']);
  const providers = live.map(providerOf);
  return {
    due,
    ...(oldest !== null && { oldestDueAt: isoOf(oldest) }),
    lagMs: oldest === null ? 0 : row['now'] - oldest,
    retrying,
    ...(nextRetry !== null && { nextRetryAt: isoOf(nextRetry) }),
    blocked: row['jobs'] - row['waiting'] - row['taken'] - row['dead'],
    running,
    dead: row['dead'],
    live: sumOf(providers.map((each) => each.live)),
    silent: Math.min(MOST_SILENT, sumOf(providers.map(({ silent }) => silent))),
    providers,
    refused: { kept: row['refusals'], lastDay: row['refused'], uncounted: row['uncounted'] },
    store: { ...own(), bytes: row['bytes'] },
    watches: watchHealthOf(watches as Row),
    workers: workersOf(workers),
  };
}

/** `waiting`: jobs that no worker has. `taken`: those that one has or had, and suspects. */
function figuresSql(s: string): string {
  return `
    WITH n AS MATERIALIZED (SELECT ${nowSql(1)} AS now),
    waiting AS (
      SELECT count(*) AS waiting, min(due_at) FILTER (WHERE due_at <= now) AS oldest_waiting,
        count(*) FILTER (WHERE due_at > now) AS paused, min(due_at) FILTER (WHERE due_at > now) AS next_paused
      FROM ${s}.jobs, n WHERE due_at IS NOT NULL AND token IS NULL AND NOT suspect),
    taken AS (
      SELECT count(*) AS taken, min(due_at) FILTER (WHERE due_at <= now) AS oldest_taken,
        count(*) FILTER (WHERE is_running) AS running,
        count(*) FILTER (WHERE due_at > now AND NOT is_running) AS interrupted,
        min(due_at) FILTER (WHERE due_at > now AND NOT is_running) AS next_interrupted
      FROM n, LATERAL (
        SELECT due_at, token IS NOT NULL AND due_at - coalesce(begun_ms, 0) > now AS is_running
        FROM ${s}.jobs WHERE due_at IS NOT NULL AND (token IS NOT NULL OR suspect)) x)
    SELECT n.now, waiting.*, taken.*, i.uncounted,
      (SELECT count(*) FROM ${s}.jobs WHERE dead_at IS NOT NULL) AS dead,
      (SELECT count(*) FROM ${s}.jobs) AS jobs,
      (SELECT count(*) FROM ${s}.refusals) AS refusals,
      (SELECT coalesce(sum(count), 0) FROM ${s}.refusals WHERE last_at >= n.now - ${DAY_MS}) AS refused,
      ${TABLES.map((table) => `pg_total_relation_size('${s}.${table}')`).join(' + ')} AS bytes
    FROM n, waiting, taken, ${s}.inbox i WHERE i.id = 1`;
}

/** One look at the index finds the next provider. */
function liveSql(s: string): string {
  return `
    WITH RECURSIVE n AS MATERIALIZED (SELECT ${nowSql(1)} AS now),
    p AS (
      (SELECT provider FROM ${s}.calls WHERE NOT terminal ORDER BY provider LIMIT 1)
      UNION ALL
      SELECT (SELECT c.provider FROM ${s}.calls c WHERE NOT c.terminal AND c.provider > p.provider ORDER BY c.provider LIMIT 1)
      FROM p WHERE p.provider IS NOT NULL)
    SELECT p.provider,
      (SELECT count(*) FROM ${s}.calls c WHERE NOT c.terminal AND c.provider = p.provider) AS live,
      (SELECT count(*) FROM (
        SELECT c.last_event_at FROM ${s}.calls c
        WHERE NOT c.terminal AND c.provider = p.provider AND c.first_event_at <= (SELECT now FROM n) - ${SILENCE_MS}
        ORDER BY c.first_event_at, c.id LIMIT ${MOST_SILENT}) oldest
      WHERE oldest.last_event_at <= (SELECT now FROM n) - ${SILENCE_MS}) AS silent
    FROM p WHERE p.provider IS NOT NULL ORDER BY p.provider COLLATE "C"`;
}

function providerOf({ provider, live, silent }: Row): ProviderHealth & { readonly live: number } {
  return { provider, live, silent };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function earliest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
