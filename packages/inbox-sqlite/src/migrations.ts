/**
 * The versions of the database, in order: the file's `user_version` says how many of them it has. Forward only:
 * a released one is never changed. Every table can be read with the sqlite3 shell; README.md explains them.
 *
 * - The call's number leads every index of `events`, so that the events of a call lie together, and writing one costs
 *   the same however many calls are known. That is also why there is no index on the event's id alone: it contains the call.
 * - What events tell is read out of their JSON by virtual columns: nothing is stored twice, and writing them costs nothing.
 *   So `events` is not STRICT: that would refuse an event whose provider tells, say, a SIP code with a fraction.
 * - `work.due_at` is set for the first unfinished event of a call alone. So taking work reads one short index,
 *   whatever else waits.
 * - There are no foreign keys: the store writes all tables in one transaction, and checking costs more than it finds.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE calls (
    id INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    call_id TEXT NOT NULL,
    status TEXT NOT NULL,
    terminal INTEGER NOT NULL,          -- 1: it has ended
    first_at INTEGER NOT NULL,          -- when its first event was received, ms since 1970
    last_at INTEGER NOT NULL,           -- when its last event was received, ms since 1970
    events INTEGER NOT NULL             -- how many were recorded
  ) STRICT;
  CREATE UNIQUE INDEX calls_by_call_id ON calls (call_id, provider);
  CREATE INDEX calls_by_time ON calls (first_at);
  CREATE INDEX calls_by_provider ON calls (provider, first_at);
  CREATE INDEX calls_live ON calls (first_at) WHERE terminal = 0;
  CREATE INDEX calls_ended ON calls (last_at) WHERE terminal = 1;

  CREATE TABLE events (
    id INTEGER PRIMARY KEY,             -- in the order of recording
    call INTEGER NOT NULL,              -- calls.id
    event_id TEXT NOT NULL,
    transition TEXT NOT NULL,
    event TEXT NOT NULL,                -- all else, JSON
    provider TEXT AS (event ->> '$.provider'),
    call_id TEXT AS (event ->> '$.callId'),
    status TEXT AS (event ->> '$.status'),
    raw_status TEXT AS (event ->> '$.rawStatus'),
    terminal INTEGER AS (event ->> '$.terminal'),
    direction TEXT AS (event ->> '$.direction'),
    from_number TEXT AS (event ->> '$.from'),
    to_number TEXT AS (event ->> '$.to'),
    occurred_at TEXT AS (event ->> '$.occurredAt'),
    received_at TEXT AS (event ->> '$.receivedAt'),
    sequence INTEGER AS (event ->> '$.sequence'),
    duration_seconds REAL AS (event ->> '$.durationSeconds'),
    answered_by TEXT AS (event ->> '$.answeredBy'),
    parent_call_id TEXT AS (event ->> '$.parentCallId'),
    recording_url TEXT AS (event ->> '$.recording.url'),
    sip_code INTEGER AS (event ->> '$.sip.code'),
    sip_phrase TEXT AS (event ->> '$.sip.phrase'),
    mos REAL AS (event ->> '$.quality.mos'),
    error_code TEXT AS (event ->> '$.error.code'),
    error_message TEXT AS (event ->> '$.error.message'),
    custom TEXT AS (event ->> '$.custom'),
    trust TEXT AS (event ->> '$.trust'),
    raw TEXT AS (event ->> '$.raw')     -- the provider's own fields, JSON
  );
  CREATE UNIQUE INDEX events_by_call ON events (call, event_id);

  CREATE TABLE work (                   -- the events that are not handled yet
    call INTEGER NOT NULL,              -- calls.id
    id INTEGER NOT NULL,                -- events.id
    event_id TEXT NOT NULL,
    run_at INTEGER NOT NULL,            -- not before: when it was recorded, or its retry, ms since 1970
    due_at INTEGER,                     -- when a worker may take it; empty while an earlier event of the call is unfinished
    owner TEXT,                         -- the worker that has it
    token TEXT,                         -- the worker's lease, which ends at due_at
    attempts INTEGER NOT NULL DEFAULT 0,
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
