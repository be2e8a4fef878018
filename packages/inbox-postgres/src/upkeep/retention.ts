import { CallStatusError } from '@call-status/core';
import type { Store } from '../store.ts';

const HOUR_MS = 3_600_000;

/** A longer retention is forever. The times that it gives are still safe integers. */
const LONGEST_MS = 2 ** 49;

/** Stores the retention that an option of a service gave; the last one stored applies. Warns if an option had given another. */
export async function storeRetention(
  store: Pick<Store, 'schema' | 'transaction'>,
  retentionMs: number,
  warn: (warning: CallStatusError) => void,
): Promise<void> {
  const kept = retentionMs < LONGEST_MS ? Math.ceil(retentionMs) : null;
  const [before] = await store.transaction((query) => query(retainSql(store.schema), [kept]));
  if (before?.['retention_given'] !== true || before['retention_ms'] === kept) return;
  const reason = `It was ${spanOf(before['retention_ms'])}, and is ${spanOf(kept)} now.`;
  warn(new CallStatusError('inbox_retention_changed', { reason }));
}

/** Returns what was stored before. */
function retainSql(s: string): string {
  return `
    WITH before AS MATERIALIZED (SELECT retention_ms, retention_given FROM ${s}.inbox WHERE id = 1 FOR UPDATE)
    UPDATE ${s}.inbox SET retention_ms = $1::bigint, retention_given = true FROM before WHERE id = 1
    RETURNING before.retention_ms, before.retention_given`;
}

function spanOf(ms: number | null): string {
  if (ms === null) return 'forever';
  return ms >= HOUR_MS ? `${Math.round((10 * ms) / HOUR_MS) / 10} hours` : `${ms} ms`;
}
