import {
  type CallRow,
  columnsOf,
  errorGroupOf,
  eventOf,
  mergeColumns,
  type StoredEvent,
} from '@call-status/core/inbox';
import { type Database, prepare, type Row } from '../engine.ts';
import { hashOfCallId } from './call-key.ts';
import { reversed } from './reversed.ts';
import { searchTextsOf } from './search-texts.ts';

/** How many rows are in memory at a time. */
const ROWS = 200;

const SQL = {
  erasing: `
    SELECT erasing.call AS id, (SELECT max(max(id), (SELECT max(call) FROM erasing)) + 1 FROM calls_1) AS next
    FROM erasing CROSS JOIN calls_1 ON calls_1.id = erasing.call`,
  moveErasing: 'UPDATE erasing SET call = ? WHERE call = ?',
  moveEvents: `
    UPDATE recorded SET call = ?1 WHERE call = ?2 AND NOT EXISTS (
      SELECT 1 FROM calls_1 WHERE id = ?2 AND call_id = event ->> '$.callId' AND provider = event ->> '$.provider'
        AND tenant = coalesce(event ->> '$.tenant', ''))`,
  removeJobs:
    'DELETE FROM jobs WHERE NOT EXISTS (SELECT 1 FROM recorded WHERE recorded.id = jobs.id AND recorded.call = jobs.call)',
  calls: `SELECT * FROM calls_1 WHERE id > ? ORDER BY id LIMIT ${ROWS}`,
  events: 'SELECT id, transition, event FROM recorded WHERE call = ?',
  deadLetters: 'SELECT count(*) AS count FROM jobs WHERE call = ? AND state = 4',
  insert: `
    INSERT INTO calls (id, provider, tenant, call_id, call_hash, status, terminal, first_event_at, last_event_at, event_count, last_event,
      from_number, to_number, from_digits, from_reversed, to_digits, to_reversed, trust, has_conflict, dead_letters, ended_at, ended_by,
      direction, answered, answered_at, in_progress_at, ringing_at, duration_seconds, answered_by, sip_code, sip_phrase, mos, error_code,
      error_message, parent_call_id, has_late)
    VALUES (${Array.from({ length: 36 }, () => '?').join(', ')})`,
  dead: `SELECT call, id, error FROM jobs WHERE state = 4 AND (call, id) > (?, ?) ORDER BY call, id LIMIT ${ROWS}`,
  group: 'UPDATE jobs SET error_group = ? WHERE call = ? AND id = ?',
} as const;

/** Fills the tables of version 2 from those of version 1: the columns of a call come from its events, in the order of recording. */
export function copyCalls(db: Database): void {
  const { removeJobs, calls, events, deadLetters, insert, dead, group, ...statements } = prepare(db, SQL);
  // Version 1 gave the number of an erased call to the next one while its events were still there, and could remove those of both.
  for (let row = statements.erasing.get(); row !== undefined; row = statements.erasing.get()) {
    statements.moveErasing.run(row['next'], row['id']);
    statements.moveEvents.run(row['next'], row['id']);
  }
  removeJobs.run();
  for (let rows = calls.all(0); rows.length > 0; rows = calls.all(rows.at(-1)?.['id'])) {
    for (const call of rows) {
      const recorded = events.all(call['id']).sort((a, b) => a['id'] - b['id']);
      if (recorded.length > 0) insert.run(...valuesOf(call, recorded, deadLetters.get(call['id'])?.['count']));
    }
  }
  for (let rows = dead.all(0, 0); rows.length > 0; ) {
    for (const { call, id, error } of rows) group.run(errorGroupOf(error), call, id);
    const last = rows.at(-1) as Row;
    rows = dead.all(last['call'], last['id']);
  }
  db.exec(`
    DROP TABLE calls_1;
    INSERT OR IGNORE INTO search_texts ${searchTextsOf('id < (SELECT max(id) FROM calls) >> 10 << 10')};
    INSERT INTO providers (provider, live) SELECT provider, count(*) FROM calls WHERE terminal = 0 GROUP BY provider;
    UPDATE inbox SET (live, ended) = (SELECT coalesce(sum(1 - terminal), 0), coalesce(sum(terminal), 0) FROM calls),
      (blocked, due, retrying, running, dead) = (
        SELECT coalesce(sum(state = 0), 0), coalesce(sum(state = 1), 0), coalesce(sum(state = 2), 0), coalesce(sum(state = 3), 0),
          coalesce(sum(state = 4), 0) FROM jobs)`);
}

function valuesOf(call: Row, recorded: readonly Row[], deadLetters: number): (string | number | null)[] {
  let folded: CallRow | undefined;
  for (const row of recorded) {
    const event = row as unknown as StoredEvent;
    folded = mergeColumns(folded, columnsOf(eventOf(event)), event.transition);
  }
  const columns = folded as CallRow;
  return [
    call['id'],
    call['provider'],
    call['tenant'],
    call['call_id'],
    hashOfCallId(call['call_id']),
    call['status'],
    call['terminal'],
    call['first_event_at'],
    call['last_event_at'],
    call['event_count'],
    recorded.at(-1)?.['id'],
    columns.from_number,
    columns.to_number,
    columns.from_digits,
    reversed(columns.from_digits),
    columns.to_digits,
    reversed(columns.to_digits),
    columns.trust,
    Number(columns.has_conflict),
    deadLetters,
    // Of version 1: only if the application ended it.
    call['ended_at'] ?? columns.ended_at,
    call['ended_at'] === null ? null : 'application',
    columns.direction,
    columns.answered === null ? null : Number(columns.answered),
    columns.answered_at,
    columns.in_progress_at,
    columns.ringing_at,
    columns.duration_seconds,
    columns.answered_by,
    columns.sip_code,
    columns.sip_phrase,
    columns.mos,
    columns.error_code,
    columns.error_message,
    columns.parent_call_id,
    Number(columns.has_late),
  ];
}
