/**
 * The versions of the database, in order: the file's `user_version` says how many of them it has. Forward only:
 * a released one is never changed. Every table can be read with the sqlite3 shell; README.md explains them.
 *
 * - The call's number leads the index of `recorded`, so that the events of a call lie together, and writing one costs
 *   the same however many calls are known. That is also why no index is on the event's id: it contains the call.
 * - What events tell is read out of their JSON by a view. Columns of the table, also virtual ones, would be made for each
 *   event that is written; and a table with types would refuse an event whose provider tells, say, a SIP code with a fraction.
 * - A list of calls is merged from one short range of `calls_by_status` for each provider and status, so that it costs the
 *   same whatever it is filtered by.
 * - What is due needs no time: `jobs.state` says it. Only what waits for a time, or runs until a time, has one.
 * - There are no foreign keys: the store writes all tables in one transaction, and checking costs more than it finds.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE inbox (                  -- one row: settings, and how much there is
    id INTEGER PRIMARY KEY CHECK (id = 1),
    retention_ms INTEGER,               -- how long ended calls stay; empty: for ever
    retention_given INTEGER NOT NULL,   -- 1: an option said so; 0: the default
    boot TEXT NOT NULL,                 -- the start of the host that the clock below belongs to
    clock_offset INTEGER NOT NULL,      -- from the host's monotonic clock to about ms since 1970
    swept_at INTEGER NOT NULL,          -- when it was last cleaned up, ms since 1970
    swept_mono INTEGER NOT NULL,        -- the same on the host's monotonic clock
    doubted_mono INTEGER,               -- since when the system's time is in doubt, on the host's monotonic clock
    live INTEGER NOT NULL DEFAULT 0,    -- calls
    ended INTEGER NOT NULL DEFAULT 0,
    blocked INTEGER NOT NULL DEFAULT 0, -- events, by jobs.state
    due INTEGER NOT NULL DEFAULT 0,
    retrying INTEGER NOT NULL DEFAULT 0,
    running INTEGER NOT NULL DEFAULT 0,
    dead INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE calls (
    id INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    tenant TEXT NOT NULL,               -- '' where there are no tenants
    call_id TEXT NOT NULL,
    status TEXT NOT NULL,
    terminal INTEGER NOT NULL,          -- 1: it has ended
    ended_at INTEGER,                   -- when the application ended it, if it did, ms since 1970
    direction TEXT,                     -- this and the next four: as the last event said that had it
    from_number TEXT,
    to_number TEXT,
    answered INTEGER,                   -- 1 once any event said so
    duration_seconds REAL,
    answered_at INTEGER,                -- when it was answered, as the last event said that had it, ms since 1970
    in_progress_at INTEGER,             -- when it was first in-progress, ms since 1970
    first_event_at INTEGER NOT NULL,          -- when its first event was received, ms since 1970
    last_event_at INTEGER NOT NULL,           -- when its last event was received, ms since 1970
    event_count INTEGER NOT NULL        -- how many were recorded
  ) STRICT;
  CREATE UNIQUE INDEX calls_by_call_id ON calls (call_id, provider, tenant);
  CREATE INDEX calls_by_time ON calls (first_event_at);
  CREATE INDEX calls_by_status ON calls (provider, status, first_event_at);
  CREATE INDEX calls_ended ON calls (last_event_at) WHERE terminal = 1;

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
    event ->> '$.tenant' AS tenant,
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
    event ->> '$.answered' AS answered,
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

  CREATE TABLE jobs (                   -- the events that are not handled yet
    call INTEGER NOT NULL,              -- calls.id
    id INTEGER NOT NULL,                -- recorded.id
    event_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    state INTEGER NOT NULL,             -- 0: behind an earlier event of its call, 1: due, 2: waits for its time, 3: running, 4: dead
    suspect INTEGER NOT NULL DEFAULT 0, -- 1: a worker took it and was not heard of again
    due_since INTEGER,                  -- state 1: since when, ms since 1970
    wakes_at INTEGER,                   -- state 2: when it is due; state 3: when its lease ends
    span_ms INTEGER NOT NULL DEFAULT 0, -- how long the pause or the lease was to be
    not_before INTEGER NOT NULL DEFAULT 0, -- when its pause is over, also while it is behind another
    owner TEXT,                         -- the worker that had it last
    token TEXT,                         -- the last lease, until there is a result
    begun_ms INTEGER,                   -- its handlers have begun: the pause, should nothing more be heard of them
    takes INTEGER NOT NULL DEFAULT 0,   -- how often a worker took it
    failures INTEGER NOT NULL DEFAULT 0, -- how many attempts failed
    interruptions INTEGER NOT NULL DEFAULT 0, -- how many attempts began and had no result
    done_handlers TEXT NOT NULL DEFAULT '[]',
    error TEXT,                         -- the last attempt's
    dead_at INTEGER,                    -- state 4: since when, ms since 1970
    PRIMARY KEY (call, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX jobs_due ON jobs (suspect, provider, due_since, id) WHERE state = 1;
  CREATE INDEX jobs_wakes ON jobs (wakes_at) WHERE wakes_at IS NOT NULL;
  CREATE INDEX jobs_dead ON jobs (dead_at, id) WHERE state = 4;
  CREATE INDEX jobs_dead_by_provider ON jobs (provider, dead_at, id) WHERE state = 4;
  CREATE INDEX jobs_dead_by_event ON jobs (event_id) WHERE state = 4;

  CREATE TABLE erasing (                -- calls that are gone, and whose events are being removed
    call INTEGER PRIMARY KEY,           -- recorded.call
    key TEXT NOT NULL,                  -- a hash of provider, tenant and call id
    until INTEGER NOT NULL              -- how long the ids of its events stay known, ms since 1970
  ) STRICT;
  CREATE INDEX erasing_by_key ON erasing (key);

  CREATE TABLE tombstones (              -- ids of removed events that may still be redelivered, as SHA-256 hashes
    hash TEXT PRIMARY KEY,
    until INTEGER NOT NULL              -- ms since 1970
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tombstones_by_time ON tombstones (until);
  `,
];
