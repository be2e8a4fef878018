import type { InboxCounts } from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import { nowSql, type Store } from '../store.ts';
import { monotonicNow } from '../timers.ts';

/** Counting more calls takes too long for each answer: it reads all of them. */
const MANY = 10_000;

/** For so long the figures of many calls are given again. */
const KEPT_MS = 10_000;

interface CallCounts extends Pick<InboxCounts, 'live' | 'ended'> {
  readonly until: number;
}

/** The figures of many calls, by store. */
const kept = new WeakMap<Store, CallCounts>();

/**
 * How many calls and events there are, for people.
 *
 * @param mono a monotonic clock
 */
export async function readCounts(store: Store, mono: () => number = monotonicNow): Promise<InboxCounts> {
  const known = kept.get(store);
  const isKnown = known !== undefined && mono() < known.until;
  const [row] = await store.read(countsSql(store.schema, isKnown), [store.now()]);
  const { live, ended, jobs, running, dead } = { ...(isKnown && known), ...(row as Row) } as Row;
  if (!isKnown && live + ended > MANY) kept.set(store, { live, ended, until: mono() + KEPT_MS });
  return { live, ended, waiting: jobs - running - dead, running, dead };
}

function countsSql(s: string, areCallsKnown: boolean): string {
  const calls = `
      (SELECT count(*) FILTER (WHERE NOT terminal) AS live, count(*) FILTER (WHERE terminal) AS ended FROM ${s}.calls) c,`;
  return `
    WITH n AS MATERIALIZED (SELECT ${nowSql(1)} AS now)
    SELECT * FROM ${areCallsKnown ? '' : calls}
      (SELECT count(*) AS jobs, count(dead_at) AS dead,
        count(*) FILTER (WHERE token IS NOT NULL AND due_at - coalesce(begun_ms, 0) > now) AS running FROM ${s}.jobs, n) w`;
}
