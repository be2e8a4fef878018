import { DURATION_BOUNDS, type StatsGroup } from '@call-status/core/inbox';
import { badRequest } from '../http/failure.ts';
import { given } from '../http/query.ts';
import type { Route } from './route.ts';
import type { StatsPage } from './types.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** `GET api/stats?since&until&bucketMs&by&provider` */
export const stats: Route = {
  needs: 'view',
  async answer({ query, privacy }, { inbox }): Promise<StatsPage> {
    const until = timeOf('until', query.text('until'), Date.now());
    const since = timeOf('since', query.text('since'), Date.parse(until) - DAY_MS);
    const bucketMs = query.number('bucketMs') ?? HOUR_MS;
    const group = given({ by: query.text('by') as StatsGroup | undefined, provider: query.text('provider') });
    const rows = await inbox.stats({ since, until, bucketMs, ...group });
    return { since, until, bucketMs, durationBounds: DURATION_BOUNDS, rows: privacy.of(rows) };
  },
};

function timeOf(name: string, given: string | undefined, other: number): string {
  const ms = given === undefined ? other : Date.parse(given);
  if (Number.isNaN(new Date(ms).getTime())) {
    throw badRequest(`\`${name}\` is a time in ISO 8601, such as 2026-01-31T12:00:00Z.`);
  }
  return new Date(ms).toISOString();
}
