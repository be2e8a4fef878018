import { eventOf, isoOf, isStorable, type MovedCall, type MovedEvent, type StoredEvent } from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import { nowSql, type Store } from '../store.ts';
import { byIndex } from './by-index.ts';

/** While a worker has a job, `due_at` is when another one may take it: then the take has no result. */
export const exportSql = (schema: string): string => `
  WITH n AS MATERIALIZED (SELECT ${nowSql(4)} AS now)
  SELECT c.status, c.ended_by, c.ended_at, r.event, r.transition, r.trace, j.id IS NOT NULL AS has_job, j.suspect OR j.token IS NOT NULL AS suspect,
    j.interruptions + (j.begun_ms IS NOT NULL)::int AS interruptions, coalesce(j.due_at, j.run_at) - n.now AS pause,
    j.takes, j.failures, j.done_handlers, j.error, j.handler, j.dead_at
  FROM n, ${schema}.calls c
  CROSS JOIN LATERAL (SELECT id, event, transition, trace FROM ${schema}.recorded WHERE call = c.id ORDER BY event_id OFFSET 0) r
  LEFT JOIN LATERAL (SELECT * FROM ${schema}.jobs WHERE jobs.call = c.id AND jobs.id = r.id LIMIT 1) j ON true
  WHERE c.call_id = $1 AND c.provider = $2 AND c.tenant = $3
  ORDER BY r.id`;

/** Everything about a call, or `undefined`. */
export async function exportCall(
  store: Store,
  provider: string,
  callId: string,
  tenant = '',
): Promise<MovedCall | undefined> {
  if (!isStorable(provider) || !isStorable(callId) || !isStorable(tenant)) return undefined;
  const rows = await byIndex(store, (query) => query(exportSql(store.schema), [callId, provider, tenant, store.now()]));
  const [first] = rows;
  if (first === undefined) return undefined;
  const end = first['ended_by'] === null ? undefined : { status: first['status'], at: isoOf(first['ended_at']) };
  return { provider, ...(tenant !== '' && { tenant }), callId, ...(end && { end }), events: rows.map(movedEvent) };
}

function movedEvent(row: Row): MovedEvent {
  const { trace } = row;
  const recorded = { event: eventOf(row as StoredEvent), ...(trace !== null && { trace }) };
  if (!row['has_job']) return recorded;
  const { takes, failures, error, interruptions, suspect, pause } = row;
  const doneHandlers: string[] = JSON.parse(row['done_handlers']);
  if (row['dead_at'] !== null) {
    const { handler, dead_at: deadAt } = row;
    const threw = handler !== null && { handler };
    return {
      ...recorded,
      deadLetter: { attempts: failures, takes, error, ...threw, deadAt: isoOf(deadAt), doneHandlers },
    };
  }
  const job = {
    failures,
    interruptions,
    suspect,
    takes,
    doneHandlers,
    ...(error !== null && { error }),
    ...(pause > 0 && { retryInMs: pause }),
  };
  return { ...recorded, job };
}
