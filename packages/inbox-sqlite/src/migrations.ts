/**
 * The versions of the database, in order: the file's `user_version` says how many of them it has. Forward only:
 * a released one is never changed. Every table can be read with the sqlite3 shell; README.md explains them.
 *
 * - The call's number leads the index of `recorded`, so that the events of a call lie together, and writing one costs
 *   the same however many calls are known. That is also why there is no index on the event's id alone: it contains the call.
 * - What events tell is read out of their JSON by a view. Columns of the table, also virtual ones, would be made for each
 *   event that is written; and a table with types would refuse an event whose provider tells, say, a SIP code with a fraction.
 * - `work.due_at` is set for the first unfinished event of a call alone. So taking work reads one short index,
 *   whatever else waits.
 * - There are no foreign keys: the store writes all tables in one transaction, and checking costs more than it finds.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE calls (
    id INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    tenant TEXT NOT NULL,               -- empty: none
    call_id TEXT NOT NULL,
    status TEXT NOT NULL,
    terminal INTEGER NOT NULL,          -- 1: it has ended
    first_at INTEGER NOT NULL,          -- when its first event was received, ms since 1970
    last_at INTEGER NOT NULL,           -- when its last event was received, ms since 1970
    events INTEGER NOT NULL,            -- how many were recorded
    ended_at INTEGER                    -- when the application ended it, ms since 1970
  ) STRICT;
  CREATE UNIQUE INDEX calls_by_call_id ON calls (call_id, provider, tenant);
  CREATE INDEX calls_by_time ON calls (first_at);
  CREATE INDEX calls_by_provider ON calls (provider, first_at);
  CREATE INDEX calls_live ON calls (first_at) WHERE terminal = 0;
  CREATE INDEX calls_ended ON calls (last_at) WHERE terminal = 1;

  CREATE TABLE recorded (               -- what the view events shows
    id INTEGER PRIMARY KEY,             -- in the order of recording
    call INTEGER NOT NULL,              -- calls.id
    event_id TEXT NOT NULL,
    transition TEXT NOT NULL,
    event TEXT NOT NULL                 -- all else, JSON
  ) STRICT;
  CREATE UNIQUE INDEX recorded_by_call ON recorded (call, event_id);

  CREATE VIEW events AS SELECT
    id, call, event_id, transition,
    event ->> '$.provider' AS provider,
    event ->> '$.callId' AS call_id,
    event ->> '$.status' AS status,
    event ->> '$.rawStatus' AS raw_status,
    event ->> '$.terminal' AS terminal,
    event ->> '$.direction' AS direction,
    event ->> '$.from' AS from_number,
    event ->> '$.to' AS to_number,
    event ->> '$.occurredAt' AS occurred_at,
    event ->> '$.receivedAt' AS received_at,
    event ->> '$.sequence' AS sequence,
    event ->> '$.durationSeconds' AS duration_seconds,
    event ->> '$.answeredBy' AS answered_by,
    event ->> '$.parentCallId' AS parent_call_id,
    event ->> '$.recording.url' AS recording_url,
    event ->> '$.sip.code' AS sip_code,
    event ->> '$.sip.phrase' AS sip_phrase,
    event ->> '$.quality.mos' AS mos,
    event ->> '$.error.code' AS error_code,
    event ->> '$.error.message' AS error_message,
    event ->> '$.custom' AS custom,
    event ->> '$.trust' AS trust,
    event ->> '$.raw' AS raw,
    event
  FROM recorded;

  CREATE TABLE work (                   -- the events that are not handled yet
    call INTEGER NOT NULL,              -- calls.id
    id INTEGER NOT NULL,                -- recorded.id
    event_id TEXT NOT NULL,
    run_at INTEGER NOT NULL,            -- not before: when it was recorded, or its retry, ms since 1970
    due_at INTEGER,                     -- when a worker may take it; empty while an earlier event of the call is unfinished
    owner TEXT,                         -- the worker that has it
    token TEXT,                         -- the worker's lease, which ends at due_at
    attempts INTEGER NOT NULL DEFAULT 0, -- that failed
    takes INTEGER NOT NULL DEFAULT 0,
    suspect INTEGER NOT NULL DEFAULT 0, -- 1: a take of it ended without a result
    begun INTEGER,                      -- its handlers began; the pause in ms if this take ends without a result
    interruptions INTEGER NOT NULL DEFAULT 0, -- takes that began and ended without a result
    done_handlers TEXT NOT NULL DEFAULT '[]',
    error TEXT,                         -- the last attempt's
    dead_at INTEGER,                    -- since when it is a dead letter, ms since 1970
    PRIMARY KEY (call, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX work_due ON work (due_at, id) WHERE due_at IS NOT NULL;
  CREATE INDEX work_dead ON work (dead_at) WHERE dead_at IS NOT NULL;
  CREATE INDEX work_dead_by_event ON work (event_id) WHERE dead_at IS NOT NULL;

  CREATE TABLE forgotten (              -- ids of removed events that may still be redelivered
    event_id TEXT PRIMARY KEY,
    until INTEGER NOT NULL              -- ms since 1970
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX forgotten_by_time ON forgotten (until);
  `,
];
