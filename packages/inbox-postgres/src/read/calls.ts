import type { Call } from '@call-status/core';
import { eventOf, foldCall, isoOf, isStorable, type StoredEvent } from '@call-status/core/inbox';
import type { Store } from '../store.ts';
import { byIndex } from './by-index.ts';

function getCallSql(schema: string): string {
  return `
    SELECT c.status, c.ended_by, c.ended_at, r.event, r.transition
    FROM ${schema}.calls c CROSS JOIN LATERAL (
      SELECT event_id, event, transition FROM ${schema}.recorded WHERE call = c.id ORDER BY event_id OFFSET 0) r
    WHERE c.call_id = $1 AND c.provider = $2 AND c.tenant = $3`;
}

/** One call with its events, or `undefined`. */
export async function getCall(store: Store, provider: string, callId: string, tenant = ''): Promise<Call | undefined> {
  if (!isStorable(provider) || !isStorable(callId) || !isStorable(tenant)) return undefined;
  const rows = await byIndex(store, (query) => query(getCallSql(store.schema), [callId, provider, tenant]));
  const [first] = rows;
  if (first === undefined) return undefined;
  const end = first['ended_by'] === null ? undefined : { status: first['status'], at: isoOf(first['ended_at']) };
  return foldCall(
    rows.map((row) => eventOf(row as StoredEvent)),
    end,
  );
}
