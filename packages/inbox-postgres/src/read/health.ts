import { type InboxHealth, isoOf, type StoreHealth } from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import { nowSql, type Store } from '../store.ts';
import { byIndex } from './by-index.ts';
import { LiveCalls, MOST_SILENT } from './live-calls.ts';
import { watchHealthOf, watchHealthSql } from './watches.ts';
import { workersOf, workersSql } from './workers.ts';

const DAY_MS = 86_400_000;

const TABLES = ['calls', 'recorded', 'jobs', 'tombstones', 'refusals', 'watches', 'leaders', 'workers', 'inbox'];

/** Reads the health of a store. @param own what this process knows */
export function healthReader(
  store: Store,
  own: () => StoreHealth,
  live: LiveCalls = new LiveCalls(store),
): () => Promise<InboxHealth> {
  return () => readHealth(store, live, own);
}

/** Each figure has an index, so the cost grows with the jobs and the live calls, and not with the history. */
async function readHealth(store: Store, live: LiveCalls, own: () => StoreHealth): Promise<InboxHealth> {
  const { schema } = store;
  const [[figures], providers, [watches], workers] = await byIndex(store, async (run) => {
    const now = [store.now()];
    return [
      await run(figuresSql(schema), now),
      await live.read(run),
      await run(watchHealthSql(schema)),
      await run(workersSql(schema), now),
    ] as const;
  });
  const row = figures as Row;
  const running: number = row['running'];
  const retrying: number = row['paused'] + row['interrupted'];
  const due: number = row['waiting'] - row['paused'] + (row['taken'] - running - row['interrupted']);
  const oldest = earliest(row['oldest_waiting'], row['oldest_taken']);
  const nextRetry = earliest(row['next_paused'], row['next_interrupted']);
  return {
    due,
    ...(oldest !== null && { oldestDueAt: isoOf(oldest) }),
    lagMs: oldest === null ? 0 : row['now'] - oldest,
    retrying,
    ...(nextRetry !== null && { nextRetryAt: isoOf(nextRetry) }),
    blocked: row['jobs'] - row['waiting'] - row['taken'] - row['dead'],
    running,
    dead: row['dead'],
    live: sumOf(providers.map(({ live: count }) => count)),
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

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function earliest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
