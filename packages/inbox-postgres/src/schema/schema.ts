/** A version of the schema, which is never changed once it is released. */
export interface Migration {
  /** The statements that lead to it from the version before. */
  readonly sql: string;
  /** The tables of the version before that it changes, which are locked first. */
  readonly changes: readonly string[];
  /** The first version of the schema whose code may still write into this one. */
  readonly oldestWriter: number;
}

/**
 * The versions of the schema, in order. Times are milliseconds since 1970, by the clock of the database.
 *
 * - No index of `calls` contains a column that changes with each event. Such an index would be written for each event, and all others too.
 * - `recorded.event` is text: `jsonb` refuses NUL, and `json ->>` fails on it. The view `events` shows the parts of an event.
 * - The index of `recorded` starts with the number of the call, so that the events of a call lie together.
 * - `jobs.due_at` is set only for the first unfinished event of a call, so that `take` reads short indexes, however many events wait. While a
 *   worker has the job, it is the time at which another one may take it.
 * - There are no foreign keys: all tables are written in one transaction, and checks would cost more than they find.
 *
 * @param s the schema, quoted
 */
export function migrations(s: string): readonly Migration[] {
  return [
    { sql: VERSION_1.replaceAll('$schema', s), changes: [], oldestWriter: 1 },
    { sql: VERSION_2.replaceAll('$schema', s), changes: ['recorded', 'inbox'], oldestWriter: 1 },
    { sql: VERSION_3.replaceAll('$schema', s), changes: ['jobs', 'refusals'], oldestWriter: 1 },
  ];
}

const VERSION_1 = `
CREATE TABLE $schema.inbox (              -- one row: settings, and figures that no other table has
  id integer PRIMARY KEY CHECK (id = 1),
  retention_ms bigint,                    -- how long ended calls stay; NULL: forever
  retention_given boolean NOT NULL DEFAULT false, -- whether an option has set it
  swept_at bigint,                        -- when it was last swept
  removed_id bigint NOT NULL DEFAULT 0,   -- the highest recorded.id that was removed
  uncounted bigint NOT NULL DEFAULT 0     -- rejected callbacks that were only counted
);
INSERT INTO $schema.inbox (id, retention_ms) VALUES (1, 2592000000);

CREATE TABLE $schema.calls (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider text NOT NULL,
  tenant text NOT NULL,                   -- '' where there are no tenants
  call_id text NOT NULL,
  status text NOT NULL,
  terminal boolean NOT NULL,              -- whether it has ended
  first_event_at bigint NOT NULL,         -- when its first event was received
  last_event_at bigint NOT NULL,          -- when its last event was received
  event_count integer NOT NULL,           -- how many are recorded
  retained_from bigint,                   -- last_event_at of a call that has ended
  direction text,
  from_number text,
  to_number text,
  from_digits text,                       -- only the digits, if there are 4 or more
  to_digits text,
  answered boolean,
  answered_at bigint,
  in_progress_at bigint,                  -- when it was first in-progress
  ringing_at bigint,                      -- when it was first ringing
  ended_at bigint,
  ended_by text,                          -- 'application' if endCall ended it
  duration_seconds double precision,
  answered_by text,
  sip_code integer,
  sip_phrase text,
  mos double precision,
  error_code text,
  error_message text,
  parent_call_id text,
  trust text,                             -- the weakest of its events
  has_late boolean NOT NULL DEFAULT false,
  has_conflict boolean NOT NULL DEFAULT false,
  last_event_id text,                     -- this and the next two: the event that was recorded last
  last_event_status text,
  last_event_transition text,
  last_event_received_at bigint
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX calls_by_call_id ON $schema.calls (call_id text_pattern_ops, provider, tenant);
CREATE INDEX calls_by_time ON $schema.calls (first_event_at, id);
CREATE INDEX calls_by_provider ON $schema.calls (provider, first_event_at, id);
CREATE INDEX calls_live ON $schema.calls (first_event_at, id) WHERE NOT terminal;
CREATE INDEX calls_live_by_provider ON $schema.calls (provider, first_event_at, id) WHERE NOT terminal;
CREATE INDEX calls_in_conflict ON $schema.calls (first_event_at, id) WHERE has_conflict;
CREATE INDEX calls_ended ON $schema.calls (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX calls_retained ON $schema.calls (retained_from, id) WHERE retained_from IS NOT NULL;
CREATE INDEX calls_by_from ON $schema.calls (from_digits text_pattern_ops) WHERE from_digits IS NOT NULL;
CREATE INDEX calls_by_from_end ON $schema.calls (reverse(from_digits) text_pattern_ops) WHERE from_digits IS NOT NULL;
CREATE INDEX calls_by_to ON $schema.calls (to_digits text_pattern_ops) WHERE to_digits IS NOT NULL;
CREATE INDEX calls_by_to_end ON $schema.calls (reverse(to_digits) text_pattern_ops) WHERE to_digits IS NOT NULL;

CREATE TABLE $schema.recorded (           -- the events; see the view events
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- in the order of recording, within a call
  call bigint NOT NULL,                   -- calls.id
  event_id text NOT NULL,
  transition text NOT NULL,
  event text NOT NULL                     -- everything else, JSON
);
CREATE UNIQUE INDEX recorded_by_call ON $schema.recorded (call, event_id);

CREATE VIEW $schema.events AS
SELECT r.id, r.call, c.provider, c.tenant, c.call_id, r.event_id, r.transition, e.json ->> 'receivedAt' AS received_at,
  e.json ->> 'status' AS status, e.json ->> 'rawStatus' AS raw_status, e.json ->> 'direction' AS direction,
  e.json ->> 'from' AS from_number, e.json ->> 'to' AS to_number, e.json ->> 'occurredAt' AS occurred_at,
  e.json ->> 'durationSeconds' AS duration_seconds, e.json ->> 'trust' AS trust, e.json -> 'raw' AS raw, r.event
FROM $schema.recorded r
JOIN $schema.calls c ON c.id = r.call
CROSS JOIN LATERAL (SELECT regexp_replace(r.event, '\\\\u(0000|d[89a-f][0-9a-f]{2})', '\\\\ufffd', 'g')::json AS json) e;

CREATE TABLE $schema.jobs (               -- unhandled events and dead letters
  call bigint NOT NULL,                   -- calls.id
  id bigint NOT NULL,                     -- recorded.id
  event_id text NOT NULL,
  provider text NOT NULL,
  run_at bigint NOT NULL,                 -- when its pause ends, also while it is behind another
  due_at bigint,                          -- when it may be taken; NULL: behind another, or a dead letter
  suspect boolean NOT NULL DEFAULT false, -- whether an earlier lease ended without a result
  owner text,                             -- the worker that took it last
  token text,                             -- the last lease, until there is a result
  begun_ms bigint,                        -- set when its handlers have begun: the pause if they have no result
  takes integer NOT NULL DEFAULT 0,       -- how often it was taken
  failures integer NOT NULL DEFAULT 0,    -- how many attempts failed
  interruptions integer NOT NULL DEFAULT 0, -- how many attempts began and had no result
  done_handlers text NOT NULL DEFAULT '[]',
  last_token text,                        -- the last lease that had a result, and which
  last_result text,
  error text,                             -- the last attempt's
  error_group text,                       -- what it has in common with others, of a dead letter
  dead_at bigint,                         -- since when it is a dead letter
  PRIMARY KEY (call, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX jobs_due ON $schema.jobs (provider, due_at, id) WHERE due_at IS NOT NULL AND token IS NULL AND NOT suspect;
CREATE INDEX jobs_taken ON $schema.jobs (provider, due_at, id) WHERE due_at IS NOT NULL AND (token IS NOT NULL OR suspect);
CREATE INDEX jobs_dead ON $schema.jobs (dead_at, id) WHERE dead_at IS NOT NULL;
CREATE INDEX jobs_dead_by_provider ON $schema.jobs (provider, dead_at, id) WHERE dead_at IS NOT NULL;
CREATE INDEX jobs_dead_by_event ON $schema.jobs (event_id) WHERE dead_at IS NOT NULL;
CREATE INDEX jobs_dead_by_call ON $schema.jobs (call) WHERE dead_at IS NOT NULL;
CREATE INDEX jobs_dead_by_error ON $schema.jobs (provider, error_group) WHERE dead_at IS NOT NULL;

CREATE TABLE $schema.tombstones (         -- ids of removed events: sha256(convert_to(event_id, 'UTF8'))
  hash bytea PRIMARY KEY,
  until bigint NOT NULL
);
CREATE INDEX tombstones_by_time ON $schema.tombstones (until);

CREATE TABLE $schema.refusals (           -- rejected callbacks
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider text,
  code text NOT NULL,
  last_at bigint NOT NULL,                -- when the last of them was rejected
  bytes integer NOT NULL,                 -- how much space it takes
  refusal text NOT NULL                   -- everything else, JSON
);
CREATE INDEX refusals_by_time ON $schema.refusals (last_at, id);

CREATE TABLE $schema.workers (            -- what workers reported about themselves
  owner text PRIMARY KEY,
  seen_at bigint NOT NULL,
  report text NOT NULL                    -- JSON
);

CREATE TABLE $schema.watches (            -- calls that are expected, and live ones that are silent
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider text NOT NULL,
  tenant text NOT NULL,                   -- '' where there are no tenants
  call_id text NOT NULL,
  since bigint NOT NULL,
  due_at bigint NOT NULL,                 -- when the next check is due
  changes integer NOT NULL DEFAULT 0,     -- how often it was changed
  expected text,                          -- what the application knows of an expected call, JSON
  progress text NOT NULL,                 -- what the checks found, JSON
  told boolean NOT NULL,                  -- whether a notice was delivered or has failed
  stuck boolean NOT NULL,                 -- whether it says that the call is stuck, or has not ended
  failed boolean NOT NULL                 -- whether a notice could not be delivered
);
CREATE UNIQUE INDEX watches_by_call ON $schema.watches (call_id, provider, tenant);
CREATE INDEX watches_by_check ON $schema.watches (due_at, id);
CREATE INDEX watches_by_time ON $schema.watches (since, id);
CREATE INDEX watches_told ON $schema.watches (since, id) WHERE told;

CREATE TABLE $schema.leaders (            -- the process that checks them
  name text PRIMARY KEY,
  owner text NOT NULL,
  until bigint NOT NULL,
  lease_ms bigint NOT NULL                -- how long it leads from its last request
);
`;

/**
 * It only adds, so that releases of version 1 still write; what they record has the time at which it was recorded as `received_at`. An index
 * of the calls by their last event would be written for each event, and all others of the call too; this one is written at its end.
 */
const VERSION_2 = `
ALTER TABLE $schema.recorded
  ADD COLUMN trace text,                  -- the W3C traceparent of what recorded it
  ADD COLUMN received_at bigint;          -- NULL if an earlier version recorded it
ALTER TABLE $schema.recorded ALTER COLUMN received_at SET DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
CREATE INDEX recorded_by_time ON $schema.recorded (received_at, call) WHERE received_at IS NOT NULL;
ALTER TABLE $schema.inbox
  ADD COLUMN changes_from bigint NOT NULL DEFAULT 0; -- every event that was received at this time or later has received_at
UPDATE $schema.inbox SET changes_from = (SELECT coalesce(max(last_event_at), -1) + 1 FROM $schema.calls);
`;

/** It only adds, too. A row of a release before counts as one callback, and its dead letters have no handler. `json ->>` fails on NUL. */
const VERSION_3 = `
ALTER TABLE $schema.jobs ADD COLUMN handler text; -- of a dead letter: the handler that threw the error
ALTER TABLE $schema.refusals ADD COLUMN count integer NOT NULL DEFAULT 1; -- how many callbacks it stands for
UPDATE $schema.refusals SET count = coalesce(substring(refusal from '"count":([0-9]{1,9})')::integer, 1);
`;
