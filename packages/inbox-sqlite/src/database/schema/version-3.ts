/** What version 3 adds. */
export const VERSION_3 = `
ALTER TABLE recorded ADD COLUMN trace TEXT; -- the W3C traceparent of what recorded it

CREATE INDEX jobs_dead_by_error ON jobs (error_group, dead_at, id) WHERE state = 4;
CREATE INDEX jobs_dead_by_provider_error ON jobs (provider, error_group, dead_at, id) WHERE state = 4;
`;
