/** The tables of version 1. A released version never changes. */
export const VERSION_1 = `
CREATE TABLE inbox (                  -- one row: settings and totals
  id INTEGER PRIMARY KEY CHECK (id = 1),
  retention_ms INTEGER,               -- how long ended calls stay; empty: forever
  retention_given INTEGER NOT NULL,   -- 1: set by an option; 0: the default
  boot TEXT NOT NULL,                 -- identifies the start of the host that the clocks below belong to
  clock_offset INTEGER NOT NULL,      -- from the host's monotonic clock to roughly ms since 1970
  swept_at INTEGER NOT NULL,          -- when it was last swept, ms since 1970
  swept_mono INTEGER NOT NULL,        -- the same on the host's monotonic clock
  doubted_mono INTEGER,               -- since when the system time is in doubt, on the host's monotonic clock
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
  terminal INTEGER NOT NULL,          -- 1: ended
  ended_at INTEGER,                   -- when endCall ended it, ms since 1970
  direction TEXT,                     -- this and the next four: from the last event that had it
  from_number TEXT,
  to_number TEXT,
  answered INTEGER,                   -- 1 once any event says so
  duration_seconds REAL,
  answered_at INTEGER,                -- from the last event that had it, ms since 1970
  in_progress_at INTEGER,             -- when it was first in-progress, ms since 1970
  first_event_at INTEGER NOT NULL,    -- when its first event was received, ms since 1970
  last_event_at INTEGER NOT NULL,     -- when its last event was received, ms since 1970
  event_count INTEGER NOT NULL        -- how many are recorded
) STRICT;
CREATE UNIQUE INDEX calls_by_call_id ON calls (call_id, provider, tenant);
CREATE INDEX calls_by_time ON calls (first_event_at);
CREATE INDEX calls_by_status ON calls (provider, status, first_event_at);
CREATE INDEX calls_ended ON calls (last_event_at) WHERE terminal = 1;

CREATE TABLE recorded (               -- the events; see the view events
  id INTEGER PRIMARY KEY,             -- in the order of recording
  call INTEGER NOT NULL,              -- calls.id
  event_id TEXT NOT NULL,
  transition TEXT NOT NULL,
  event TEXT NOT NULL                 -- everything else, JSON
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

CREATE TABLE jobs (                   -- unhandled events and dead letters
  call INTEGER NOT NULL,              -- calls.id
  id INTEGER NOT NULL,                -- recorded.id
  event_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  state INTEGER NOT NULL,             -- 0: behind an earlier event of its call, 1: due, 2: waits for its time, 3: running, 4: dead letter
  suspect INTEGER NOT NULL DEFAULT 0, -- 1: a lease ended without a result
  due_since INTEGER,                  -- state 1: since when, ms since 1970
  wakes_at INTEGER,                   -- state 2: when it is due; state 3: when its lease ends
  span_ms INTEGER NOT NULL DEFAULT 0, -- the length of the pause or of the lease
  not_before INTEGER NOT NULL DEFAULT 0, -- when its pause ends, also while it is behind another
  owner TEXT,                         -- the worker that took it last
  token TEXT,                         -- the last lease, until there is a result
  begun_ms INTEGER,                   -- set when its handlers have begun: the pause if they have no result
  takes INTEGER NOT NULL DEFAULT 0,   -- how often it was taken
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

CREATE TABLE erasing (                -- removed calls whose events are still being removed
  call INTEGER PRIMARY KEY,           -- recorded.call
  key TEXT NOT NULL,                  -- a hash of provider, tenant and call id
  until INTEGER NOT NULL              -- until when the ids of its events stay known, ms since 1970
) STRICT;
CREATE INDEX erasing_by_key ON erasing (key);

CREATE TABLE tombstones (             -- SHA-256 hashes of the ids of removed events
  hash TEXT PRIMARY KEY,
  until INTEGER NOT NULL              -- ms since 1970
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_by_time ON tombstones (until);
`;
