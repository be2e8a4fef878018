import type { TerminalStatus } from '@call-status/core';
import { isStorable } from '@call-status/core/inbox';
import { nowSql } from '../store.ts';
import type { CallKey, Operation } from './operation.ts';

/** How long the ids of removed events stay known after the call's last event, or after it was erased: longer than any provider retries. */
export const DUPLICATES_FOR_MS: number = 7 * 86_400_000;

/** Whether a call may have this key: PostgreSQL accepts no NUL. */
export function isCall(...key: readonly string[]): boolean {
  return key.every(isStorable);
}

const CALL = 'call_id = $1::text AND provider = $2::text AND tenant = $3::text';

/** The one that the group has locked: it may have been removed, and begun again, while the group waited. */
const LOCKED_CALL = `id = ANY($4::bigint[]) AND ${CALL}`;

export const endCallSql = (s: string): string => `
  UPDATE ${s}.calls
  SET status = $5::text, terminal = true, ended_at = ${nowSql(6)}, ended_by = 'application', retained_from = last_event_at
  WHERE ${LOCKED_CALL} AND NOT terminal RETURNING id`;

/** Removes a call with all that belongs to it. The ids of its events stay known, as hashes. */
export const forgetCallSql = (s: string): string => `
  WITH n AS MATERIALIZED (SELECT ${nowSql(5)} AS now),
  c AS MATERIALIZED (SELECT id FROM ${s}.calls WHERE ${LOCKED_CALL}),
  j AS (DELETE FROM ${s}.jobs USING c WHERE jobs.call = c.id),
  r AS (DELETE FROM ${s}.recorded USING c WHERE recorded.call = c.id RETURNING recorded.id, recorded.event_id),
  t AS (
    INSERT INTO ${s}.tombstones (hash, until)
    SELECT sha256(convert_to(event_id, 'UTF8')), n.now + ${DUPLICATES_FOR_MS} FROM r, n
    ON CONFLICT (hash) DO UPDATE SET until = excluded.until),
  i AS (UPDATE ${s}.inbox SET removed_id = greatest(removed_id, (SELECT max(id) FROM r)) WHERE id = 1 AND EXISTS (SELECT 1 FROM c)),
  d AS (DELETE FROM ${s}.calls USING c WHERE calls.id = c.id RETURNING calls.id),
  w AS (DELETE FROM ${s}.watches WHERE ${CALL} RETURNING id)
  SELECT id FROM d UNION ALL SELECT id FROM w`;

/** The operations that end and remove calls. */
export interface EraseOperations {
  readonly endCall: Operation<CallKey & { readonly status: TerminalStatus }, boolean>;
  readonly forgetCall: Operation<CallKey, boolean>;
}

export function eraseOperations(s: string): EraseOperations {
  return {
    endCall: changing(endCallSql(s), ({ status }) => [status]),
    forgetCall: changing(forgetCallSql(s), () => []),
  };
}

/** An operation on one call. `true` if the statement found it. */
function changing<Arg extends CallKey>(sql: string, values: (arg: Arg) => readonly unknown[]): Operation<Arg, boolean> {
  return {
    // Events of the call that were asked for later must not exist yet.
    runsAlone: 'transaction',
    lock({ provider, tenant, callId }, { keys }) {
      keys.push({ provider, tenant, callId });
    },
    async run(transaction, [arg]) {
      const { callId, provider, tenant } = arg as Arg;
      const locked = [...(await transaction.locked)];
      const rows = transaction.send(sql, [callId, provider, tenant, locked, ...values(arg as Arg), transaction.now]);
      return { results: rows.then((found) => [found.length > 0]) };
    },
  };
}
