/**
 * What version 3 adds. Every event that is recorded from now on has `received_at`: the calls that changed since a time are those of the
 * last entries of its index, which is only ever written at its end. An index of the calls would be written in two places for each event.
 */
export const VERSION_3 = `
ALTER TABLE recorded ADD COLUMN trace TEXT; -- the W3C traceparent of what recorded it
ALTER TABLE recorded ADD COLUMN received_at INTEGER; -- ms since 1970; empty if an earlier version recorded it
CREATE INDEX recorded_by_time ON recorded (received_at, call) WHERE received_at IS NOT NULL;

ALTER TABLE inbox ADD COLUMN changes_from INTEGER NOT NULL DEFAULT 0; -- every event that was received at this time or later has received_at
UPDATE inbox SET changes_from = (SELECT coalesce(max(last_event_at), -1) + 1 FROM calls);

CREATE INDEX calls_by_outcome ON calls (provider, status, first_event_at) WHERE terminal = 1; -- written once for each call, when it ends

CREATE INDEX jobs_dead_by_error ON jobs (error_group, dead_at, id) WHERE state = 4;
CREATE INDEX jobs_dead_by_provider_error ON jobs (provider, error_group, dead_at, id) WHERE state = 4;
`;
