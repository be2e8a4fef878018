import type { Place } from '@call-status/core/inbox';
import type { Row } from '../connection/session.ts';
import { nowSql } from '../store.ts';
import { type Operation, overtaken } from './operation.ts';
import { schedule, scheduleSql } from './schedule.ts';

/** The dead letters of these events. `LATERAL … LIMIT 1` and not a join: it uses the index whatever the statistics say. */
const lettersSql = (s: string): string => `
  SELECT j.call, j.id FROM unnest($1::text[]) AS i(event_id)
  CROSS JOIN LATERAL (SELECT call, id FROM ${s}.jobs WHERE event_id = i.event_id AND dead_at IS NOT NULL LIMIT 1) j`;

export const replaySql = (s: string): string => `
  UPDATE ${s}.jobs w
  SET dead_at = NULL, error_group = NULL, handler = NULL, failures = 0, interruptions = 0, suspect = false, run_at = ${nowSql(2)}
  FROM (${lettersSql(s)}) d
  WHERE w.call = d.call AND w.id = d.id RETURNING w.event_id, w.call`;

/**
 * A replayed event comes before later ones of its call. The one that waits waits for it, unless a worker may still have it: also if that has
 * just taken it, which only the condition on `w` sees.
 */
export const unscheduleSql = (s: string): string => `
  UPDATE ${s}.jobs w SET due_at = NULL
  FROM unnest($1::bigint[]) AS c(call)
  CROSS JOIN LATERAL (SELECT id FROM ${s}.jobs WHERE call = c.call AND due_at IS NOT NULL AND token IS NULL OFFSET 0) j
  WHERE w.call = c.call AND w.id = j.id AND w.token IS NULL`;

export const discardSql = (s: string): string => `
  DELETE FROM ${s}.jobs w USING (${lettersSql(s)}) d
  WHERE w.call = d.call AND w.id = d.id RETURNING w.event_id, w.call`;

export const newestSql = (s: string): string => `
  SELECT dead_at, id FROM ${s}.jobs WHERE dead_at IS NOT NULL ORDER BY dead_at DESC, id DESC LIMIT 1`;

/** The operations on dead letters, by the id of the event. */
export interface DeadLetterOperations {
  /** The place of the newest dead letter. It only reads, but it sees what was asked for before. */
  readonly newest: Operation<undefined, Place | undefined>;
  readonly replay: Operation<string, boolean>;
  readonly discard: Operation<string, boolean>;
}

export function deadLetterOperations(s: string): DeadLetterOperations {
  const sql = {
    newest: newestSql(s),
    replay: replaySql(s),
    unschedule: unscheduleSql(s),
    schedule: scheduleSql(s),
    discard: discardSql(s),
  };
  const lock: Operation<string, boolean>['lock'] = (eventId, { deadLetters }) => {
    deadLetters.push(eventId);
  };
  return {
    newest: {
      run(transaction, args) {
        const newest = transaction.send(sql.newest).then(([row]) => row && { at: row['dead_at'], row: row['id'] });
        return { results: newest.then((place) => args.map(() => place)) };
      },
    },
    replay: {
      lock,
      async run(transaction, eventIds) {
        const rows = await transaction.send(sql.replay, [eventIds, transaction.now]);
        const calls = callsOf(rows, await transaction.locked);
        if (calls.length > 0) {
          void transaction.send(sql.unschedule, [calls]);
          schedule(transaction, sql.schedule, calls);
        }
        return { results: Promise.resolve(foundOnce(eventIds, rows)) };
      },
    },
    discard: {
      lock,
      async run(transaction, eventIds) {
        const rows = await transaction.send(sql.discard, [eventIds]);
        callsOf(rows, await transaction.locked);
        return { results: Promise.resolve(foundOnce(eventIds, rows)) };
      },
    },
  };
}

/** Those of dead letters. One that has failed since the lock belongs to a call that may be without it: the group begins again. */
function callsOf(rows: readonly Row[], locked: ReadonlySet<number>): number[] {
  const calls = rows.map(({ call }) => call as number);
  if (!calls.every((call) => locked.has(call))) throw overtaken();
  return calls;
}

/** Of two that ask for the same, one gets it. */
function foundOnce(eventIds: readonly string[], rows: readonly { readonly [name: string]: unknown }[]): boolean[] {
  const found = new Set(rows.map((row) => row['event_id']));
  return eventIds.map((eventId) => found.delete(eventId));
}
