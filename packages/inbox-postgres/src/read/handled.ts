import { type EventKey, isStorable } from '@call-status/core/inbox';
import type { Store } from '../store.ts';
import { byIndex } from './by-index.ts';

/** The ids of those events that are recorded and have no unfinished job. */
export async function handled(store: Store, events: readonly EventKey[]): Promise<readonly string[]> {
  const known = events.filter(({ id, callId }) => isStorable(id) && isStorable(callId));
  if (known.length === 0) return [];
  const values = [
    known.map(({ provider }) => provider),
    known.map(({ tenant = '' }) => tenant),
    known.map(({ callId }) => callId),
    known.map(({ id }) => id),
  ];
  const rows = await byIndex(store, (run) => run(handledSql(store.schema), values));
  return rows.map((row) => row['event_id']);
}

function handledSql(s: string): string {
  return `
    SELECT i.event_id
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS i(provider, tenant, call_id, event_id)
    CROSS JOIN LATERAL (
      SELECT id FROM ${s}.calls
      WHERE calls.call_id = i.call_id AND calls.provider = i.provider AND calls.tenant = i.tenant LIMIT 1) c
    CROSS JOIN LATERAL (
      SELECT id FROM ${s}.recorded WHERE recorded.call = c.id AND recorded.event_id = i.event_id LIMIT 1) r
    LEFT JOIN LATERAL (
      SELECT true AS found FROM ${s}.jobs WHERE jobs.call = c.id AND jobs.id = r.id AND dead_at IS NULL LIMIT 1) unfinished ON true
    WHERE unfinished.found IS NULL`;
}
