/** What version 2 changes. `calls_1` is copied and removed afterwards. */
export const VERSION_2 = `
ALTER TABLE calls RENAME TO calls_1;
DROP INDEX calls_by_call_id;
DROP INDEX calls_by_time;
DROP INDEX calls_by_status;
DROP INDEX calls_ended;

CREATE TABLE calls (
  id INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  tenant TEXT NOT NULL,               -- '' where there are no tenants
  call_id TEXT NOT NULL,
  call_hash INTEGER NOT NULL,         -- a hash of call_id, by which a call is found
  status TEXT NOT NULL,
  terminal INTEGER NOT NULL,          -- 1: ended
  first_event_at INTEGER NOT NULL,    -- when its first event was received, ms since 1970
  last_event_at INTEGER NOT NULL,     -- when its last event was received, ms since 1970
  event_count INTEGER NOT NULL,       -- how many are recorded
  last_event INTEGER NOT NULL,        -- recorded.id of the last one
  from_number TEXT,                   -- this and the next: from the last event that had it, as most others
  to_number TEXT,
  from_digits TEXT,                   -- the digits of from_number, for searching
  from_reversed TEXT,                 -- the same, the last digit first
  to_digits TEXT,
  to_reversed TEXT,
  trust TEXT NOT NULL,                -- the weakest of its events
  has_conflict INTEGER NOT NULL DEFAULT 0, -- 1: a terminal event contradicts the outcome
  dead_letters INTEGER NOT NULL DEFAULT 0, -- how many of its events are dead letters
  ended_at INTEGER,                   -- when it reached its final status, ms since 1970
  ended_by TEXT,                      -- 'application': by endCall
  direction TEXT,
  answered INTEGER,                   -- 1 once any event says so
  answered_at INTEGER,                -- ms since 1970, as the provider reports it
  in_progress_at INTEGER,             -- when it was first in-progress, ms since 1970
  ringing_at INTEGER,                 -- when it was first ringing, ms since 1970
  duration_seconds REAL,
  answered_by TEXT,
  sip_code INTEGER,
  sip_phrase TEXT,
  mos REAL,                           -- when it ended, 1 to 5
  error_code TEXT,
  error_message TEXT,
  parent_call_id TEXT,
  has_late INTEGER NOT NULL DEFAULT 0 -- 1: an event came after one of a higher status
) STRICT;
CREATE INDEX calls_by_hash ON calls (call_hash);
CREATE INDEX calls_live ON calls (provider, first_event_at) WHERE terminal = 0;
CREATE INDEX calls_ended ON calls (first_event_at) WHERE terminal = 1;
CREATE INDEX calls_by_end ON calls (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX calls_in_conflict ON calls (first_event_at) WHERE has_conflict = 1;
CREATE INDEX calls_with_dead_letters ON calls (first_event_at) WHERE dead_letters > 0;

CREATE TABLE search_texts (           -- what a search finds calls by, except those of the last block, which has room for more
  block INTEGER NOT NULL,             -- calls.id >> 10
  kind INTEGER NOT NULL,              -- 0: a call id, 1: the digits of a number, 2: the same, the last digit first
  text TEXT NOT NULL,
  call INTEGER NOT NULL,              -- calls.id
  PRIMARY KEY (block, kind, text, call)
) STRICT, WITHOUT ROWID;

DROP INDEX recorded_by_call;
CREATE INDEX recorded_by_call ON recorded (call, substr(event_id, -12)); -- the rest of an id is in the row

CREATE TABLE providers (              -- those whose calls are or were live
  provider TEXT PRIMARY KEY,
  live INTEGER NOT NULL               -- how many of its calls have not ended
) STRICT, WITHOUT ROWID;

CREATE TABLE flights (                -- events that were taken when they were recorded, and that nothing has happened to since
  name TEXT PRIMARY KEY,              -- the connection that took them: the last part of their leases
  revision INTEGER NOT NULL,          -- increases with each change
  owner TEXT NOT NULL,                -- the worker that has them
  lease_ms INTEGER NOT NULL,          -- how long their leases are
  wakes_at INTEGER NOT NULL,          -- when the first of their leases ends
  jobs TEXT NOT NULL                  -- JSON: [calls.id, recorded.id, the number of the lease, when it ends] of each
) STRICT, WITHOUT ROWID;

DROP INDEX jobs_wakes;
CREATE INDEX jobs_wakes ON jobs (wakes_at, state) WHERE wakes_at IS NOT NULL;
ALTER TABLE jobs ADD COLUMN error_group TEXT; -- state 4: what the error has in common with others

CREATE TABLE refusals (               -- rejected callbacks
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  provider TEXT,                      -- empty if it is not known
  code TEXT NOT NULL,
  first_at INTEGER NOT NULL,          -- ms since 1970
  last_at INTEGER NOT NULL,
  bytes INTEGER NOT NULL,             -- the size of the rest
  has_request INTEGER NOT NULL,       -- 1: the rest has the whole request
  refusal TEXT NOT NULL               -- everything, JSON
) STRICT;
CREATE INDEX refusals_by_time ON refusals (last_at);
CREATE INDEX refusals_with_request ON refusals (id) WHERE has_request = 1;

CREATE TABLE workers (                -- what the workers reported
  owner TEXT PRIMARY KEY,
  seen_at INTEGER NOT NULL,           -- ms since 1970
  seen INTEGER NOT NULL,              -- the same on the clock that is never set
  report TEXT NOT NULL                -- JSON
) STRICT, WITHOUT ROWID;
CREATE INDEX workers_by_time ON workers (seen);

CREATE TABLE watches (                -- calls that are expected, and live ones that are silent
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  provider TEXT NOT NULL,
  tenant TEXT NOT NULL,               -- '' where there are no tenants
  call_id TEXT NOT NULL,
  call_hash INTEGER NOT NULL,         -- as in calls
  since INTEGER NOT NULL,             -- ms since 1970
  due_at INTEGER NOT NULL,            -- when the next check is due, on the clock that is never set
  span_ms INTEGER NOT NULL,           -- how long it waits for that
  changes INTEGER NOT NULL DEFAULT 0, -- how often it was changed
  expected TEXT,                      -- what the application knows of an expected call, JSON
  progress TEXT NOT NULL,             -- what the checks found, JSON
  told INTEGER NOT NULL,              -- 1: a notice was delivered or has failed
  stuck INTEGER NOT NULL,             -- 1: a notice that the call is stuck, or has not ended
  failed INTEGER NOT NULL             -- 1: a notice could not be delivered
) STRICT;
CREATE UNIQUE INDEX watches_by_call ON watches (call_id, provider, tenant);
CREATE INDEX watches_by_check ON watches (due_at);
CREATE INDEX watches_by_time ON watches (since);
CREATE INDEX watches_told ON watches (since) WHERE told = 1;

CREATE TABLE leaders (                -- the process that checks them
  name TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  until INTEGER NOT NULL,             -- on the clock that is never set
  lease_ms INTEGER NOT NULL           -- how long it leads from its last request
) STRICT, WITHOUT ROWID;

ALTER TABLE inbox ADD COLUMN removed_to INTEGER NOT NULL DEFAULT 0; -- the highest recorded.id that was removed
ALTER TABLE inbox ADD COLUMN refused INTEGER NOT NULL DEFAULT 0; -- how many rows refusals has
ALTER TABLE inbox ADD COLUMN refused_bytes INTEGER NOT NULL DEFAULT 0; -- and the sum of their bytes
ALTER TABLE inbox ADD COLUMN uncounted INTEGER NOT NULL DEFAULT 0; -- rejected callbacks without a row
`;
