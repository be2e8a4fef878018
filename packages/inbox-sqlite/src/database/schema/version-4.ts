/** What version 4 adds. Its index of refusals has all that counting those of a day reads: what is rejected may be large. */
export const VERSION_4 = `
ALTER TABLE jobs ADD COLUMN handler TEXT; -- state 4: the handler that threw the error; empty if none did, or if an earlier version kept it

ALTER TABLE refusals ADD COLUMN count INTEGER NOT NULL DEFAULT 1; -- how many callbacks it stands for
UPDATE refusals SET count = coalesce(json_extract(refusal, '$.count'), 1);
DROP INDEX refusals_by_time;
CREATE INDEX refusals_by_time ON refusals (last_at, id, count);
`;
